package io.pgjobq.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.pgjobq.Schedule;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import io.pgjobq.internal.store.QueueNumbers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What changes a schedule has to see what others do meanwhile. */
class DefaultJobSchedulesTests {

    private static final Schedule HOURLY = schedule("mail");

    private final FakeSchedules store = new FakeSchedules();
    private final List<Signal> heard = new ArrayList<>();
    private final DefaultJobSchedules schedules =
            new DefaultJobSchedules(store, new Queues(), new Doorbell(new Sink(), null));

    @Test
    void whatIsSavedIsToldOf() {
        schedules.save(HOURLY);

        assertThat(schedules.find("s").orElseThrow().schedule()).isEqualTo(HOURLY);
        Instant next = schedules.find("s").orElseThrow().next();
        assertThat(heard)
                .containsExactly(
                        new Signal.Scheduled(Duration.between(store.now, next).toMillis()));
    }

    @Test
    void ifSomebodyIsFasterItIsSavedOverWhatIsThereThen() {
        store.before = () -> store.put(HOURLY, false, true, false, null, 4);
        schedules.save(HOURLY);

        assertThat(store.calls).hasSize(2);
        assertThat(store.calls.get(0)).startsWith("save s null ").endsWith(" false");
        assertThat(store.calls.get(1)).startsWith("save s 4 ").endsWith(" true");
        assertThat(heard).hasSize(1);
    }

    @Test
    void aTimeThatIsDueAndForWhichNothingWasSentStaysSo() {
        Instant due = store.now.minusSeconds(5);
        store.put(HOURLY, false, true, false, due, 4);
        schedules.save(HOURLY);

        assertThat(store.calls).containsExactly("save s 4 " + due + " true");
        assertThat(heard).containsExactly(new Signal.Scheduled(0));
    }

    @Test
    void oneThatWasPausedMissesWhatWasDue() {
        store.put(HOURLY, false, true, true, store.now.minusSeconds(5), 4);
        schedules.save(HOURLY);

        assertThat(schedules.find("s").orElseThrow().next()).isAfter(store.now);
    }

    @Test
    void aQueueThatIsNotThereIsUnknown() {
        assertThatExceptionOfType(UnknownQueueException.class).isThrownBy(() -> schedules.save(schedule("gone")));
    }

    @Test
    void whatAnApplicationDeclaresIsNeitherSavedNorDeletedWhileItRuns() {
        store.put(HOURLY, true, true, false, null, 4);
        assertThatIllegalStateException().isThrownBy(() -> schedules.save(HOURLY));
        assertThatIllegalStateException().isThrownBy(() -> schedules.delete("s"));
        store.put(HOURLY, true, false, false, null, 4);

        assertThat(schedules.delete("s")).isTrue();
        assertThat(schedules.delete("s")).isFalse();
    }

    @Test
    void oneThatGoesOnDoesSoAsItIsThen() {
        store.put(HOURLY, false, true, true, null, 4);
        store.before = () -> store.put(HOURLY, false, true, true, null, 5);
        assertThat(schedules.resume("s")).isTrue();

        assertThat(store.calls).hasSize(2);
        assertThat(store.calls.get(1)).startsWith("resume s 5 ").endsWith(" true");
        assertThat(heard).hasSize(1);
    }

    @Test
    void oneThatIsNotPausedNeedNotGoOnAndOneThatIsNotThereCannot() {
        store.put(HOURLY, false, true, false, null, 4);

        assertThat(schedules.resume("s")).isTrue();
        assertThat(schedules.resume("other")).isFalse();
        assertThat(store.calls).isEmpty();
    }

    @Test
    void aJobThatIsSentByHandIsToldOf() {
        store.put(HOURLY, false, true, false, null, 4);
        assertThat(schedules.runNow("s")).isEqualTo(42);
        assertThat(heard).containsExactly(new Signal.Ready(7, 5, 42));
        assertThatIllegalArgumentException().isThrownBy(() -> schedules.runNow("other"));
    }

    private static Schedule schedule(String queue) {
        return Schedule.of("s", queue).every(Duration.ofHours(1)).build();
    }

    private static final class Queues implements QueueNumbers {

        @Override
        public List<String> names() {
            return List.of("mail");
        }

        @Override
        public @Nullable Integer find(String name) {
            return name.equals("mail") ? 7 : null;
        }
    }

    private final class Sink implements SignalSink {

        @Override
        public void receive(Signal signal) {
            heard.add(signal);
        }

        @Override
        public void resynchronize() {
            throw new IllegalStateException("nothing was missed");
        }
    }
}
