package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.notify.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadlinesTests implements Deadlines.Expiries {

    private final Heard heard = new Heard();
    private final List<Long> ended = new ArrayList<>();
    private final Deadlines deadlines = new Deadlines(this, heard.announcements);
    private List<Long> expired = List.of();
    private boolean awaited;
    private @Nullable Long next;

    @Test
    void endsWhatHasExpiredAndTellsThoseWhoWait() {
        expired = List.of(7L, 8L);
        deadlines.run(false);
        assertThat(ended).containsExactly(7L, 8L);
        assertThat(heard.signals).isEmpty();
        awaited = true;
        expired = List.of(9L);
        deadlines.run(false);
        assertThat(heard.signals).containsExactly(new Signal.Ended(List.of(9L)));
    }

    @Test
    void comesBackWhenTheNextDeadlineIsOverAndInAMinuteAtTheLatest() {
        assertThat(deadlines.run(false)).isEqualTo(Deadlines.EVERY);
        next = 1_500L;
        assertThat(deadlines.run(false)).isEqualTo(Duration.ofMillis(1_500));
        next = 1_000_000L;
        assertThat(deadlines.run(false)).isEqualTo(Deadlines.EVERY);
        next = -5L;
        assertThat(deadlines.run(false)).as("somebody has it").isEqualTo(Deadlines.SOON);
    }

    @Test
    void goesOnAtOnceWhereThereIsMore() {
        expired = Collections.nCopies(100, 7L);
        next = 1_000_000L;
        assertThat(deadlines.run(false)).isZero();
    }

    @Override
    public List<Long> expired(int limit) {
        return expired;
    }

    @Override
    public boolean expire(long job) {
        ended.add(job);
        return awaited;
    }

    @Override
    public @Nullable Long nextDeadlineInMillis() {
        return next;
    }
}
