package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.LockStore.Held;
import io.pgjobq.test.LogLines;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockWatchTests {

    private static final Held CLAIMS = new Held(41, "3/7", "eve", "psql\nERROR", false, 5, "emails");
    private static final Held SAME_SESSION_LATER = new Held(41, "3/8", "eve", "psql\nERROR", false, 5, "emails");

    private List<Held> held = List.of();
    private long now = Long.MAX_VALUE - 5;
    private final LockWatch watch = new LockWatch(() -> held, () -> now);

    @Test
    void aLockThatIsHeldForLongIsWarnedOfOnceAndItsHolderNamed() {
        try (LogLines log = LogLines.capture()) {
            held = List.of(CLAIMS);
            watch.look();
            pass(LockWatch.EVERY.minusNanos(1));
            assertThat(log.with("stand still")).isEmpty();
            pass(Duration.ofNanos(1));
            pass(LockWatch.LONG);
            assertThat(log.with("stand still"))
                    .singleElement()
                    .asString()
                    .startsWith("WARN claims of queue 'emails' stand still: session 41 (role 'eve', application_name "
                            + "'psql\\nERROR') has held their lock for more than 2 minutes;")
                    .endsWith("end it with pg_terminate_backend(41)");
            held = List.of();
            pass(LockWatch.EVERY);
            pass(LockWatch.EVERY);
            assertThat(log.with("go on")).hasSize(1);
            held = List.of(CLAIMS);
            pass(LockWatch.EVERY);
            pass(LockWatch.LONG);
            assertThat(log.with("stand still")).hasSize(2);
        }
    }

    @Test
    void transactionsThatComeOneAfterTheOtherAreNone() {
        try (LogLines log = LogLines.capture()) {
            for (int i = 0; i < 20; i++) {
                held = List.of(i % 2 == 0 ? CLAIMS : SAME_SESSION_LATER);
                pass(LockWatch.EVERY);
            }
            assertThat(log.with("stand still")).isEmpty();
        }
    }

    @Test
    void whatStandsStillIsNamed() {
        try (LogLines log = LogLines.capture()) {
            held = List.of(of(false, 0), of(false, -1), of(false, -2), of(true, 5), of(false, 5));
            watch.look();
            pass(LockWatch.LONG);
            assertThat(log.with("stand still")).hasSize(5);
            assertThat(log.with("jobs of dead nodes")).hasSize(1);
            assertThat(log.with("delayed jobs and retries")).hasSize(1);
            assertThat(log.with("the partitions of history")).hasSize(1);
            assertThat(log.with("direct starts of queue number 5")).hasSize(1);
            assertThat(log.with("claims of queue number 5")).hasSize(1);
        }
    }

    private static Held of(boolean sends, int object) {
        return new Held(1, "1/1", null, null, sends, object, null);
    }

    private void pass(Duration time) {
        now += time.toNanos();
        watch.look();
    }
}
