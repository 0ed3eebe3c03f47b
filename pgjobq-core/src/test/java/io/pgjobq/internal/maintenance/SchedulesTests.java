package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.Overlap;
import io.pgjobq.Schedule;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.ScheduleStore.Due;
import io.pgjobq.internal.store.ScheduleStore.Fired;
import io.pgjobq.internal.store.ScheduleStore.Move;
import io.pgjobq.test.LogLines;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SchedulesTests implements Schedules.Timetable {

    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    private final Heard heard = new Heard();
    private final List<String> calls = new ArrayList<>();
    private final Schedules schedules = new Schedules(this, heard.announcements);
    private boolean declared = true;
    private List<Due> due = List.of();
    private @Nullable Long next;

    private static Due due(String name, Overlap overlap, boolean running, boolean declared) {
        Schedule schedule = Schedule.of(name, "q")
                .every(Duration.ofHours(1))
                .overlap(overlap)
                .build();
        return new Due(schedule, 1, NOON, NOON.plusMillis(1), running, declared);
    }

    @Test
    void comesBackWhenTheNextOneIsDue() {
        next = 1_234L;
        assertThat(schedules.run(false)).isEqualTo(Duration.ofMillis(1_234));
        next = null;
        assertThat(schedules.run(false)).isEqualTo(Step.SELDOM);
        next = -5L;
        assertThat(schedules.run(false)).isZero();
        assertThat(calls).isEmpty();
    }

    @Test
    void declaresWhatIsNotThereYet() {
        declared = false;
        schedules.run(true);
        schedules.run(true);
        assertThat(calls).containsExactly("declare");
    }

    @Test
    void sendsTheJobsOfWhatIsDueAndAnnouncesThem() {
        due = List.of(due("a", Overlap.ALLOW, true, true), due("b", Overlap.SKIP, false, true));
        schedules.run(false);
        assertThat(calls)
                .containsExactly(
                        "fire a [2026-06-01T12:00:00Z] 2026-06-01T13:00:00Z",
                        "fire b [2026-06-01T12:00:00Z]" + " 2026-06-01T13:00:00Z");
        assertThat(heard.signals).containsExactly(new Signal.Ready(7, 5, 10), new Signal.Ready(7, 5, 11));
    }

    @Test
    void aJobThatWaitsForTheOneBeforeItIsLookedAtAgainSoon() {
        due = List.of(due("a", Overlap.WAIT, true, true));
        schedules.run(false);
        assertThat(calls).containsExactly("put off a PT1S");
    }

    @Test
    void whatNobodyDeclaresAnyMoreSendsNothingAndIsReportedOnce() {
        due = List.of(due("a", Overlap.ALLOW, false, false));
        try (LogLines log = LogLines.capture()) {
            schedules.run(false);
            schedules.run(false);
            assertThat(log.with("WARN"))
                    .containsExactly("WARN schedule 'a': is due, but no running application declares it any more; it"
                            + " sends nothing");
        }
        assertThat(calls).containsExactly("put off a PT1M", "put off a PT1M");
    }

    @Test
    void goesOnAtOnceWhereMoreAreDue() {
        due = Collections.nCopies(100, due("a", Overlap.ALLOW, false, true));
        assertThat(schedules.run(false)).isZero();
    }

    @Override
    public boolean hasDeclared() {
        return declared;
    }

    @Override
    public void declare() {
        declared = true;
        calls.add("declare");
    }

    @Override
    public List<Due> dueSchedules(int limit) {
        return due;
    }

    @Override
    public List<Fired> fire(List<Move> moves) {
        List<Fired> fired = new ArrayList<>();
        for (Move move : moves) {
            calls.add("fire " + move.due().schedule().name() + " " + move.times() + " " + move.next());
            fired.add(new Fired(move.due(), new LanePosition(7, 5, 10 + fired.size()), 1));
        }
        return fired;
    }

    @Override
    public void putOff(Due late, Duration time) {
        calls.add("put off " + late.schedule().name() + " " + time);
    }

    @Override
    public @Nullable Long nextInMillis() {
        return next;
    }
}
