package io.pgjobq.internal.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobProgress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The test decides when a thread takes what is to be told. */
class ProgressEventsTests {

    private final List<Object> told = new ArrayList<>();
    private final Deque<Runnable> threads = new ArrayDeque<>();
    private Runnable inListener = () -> {};
    private final ProgressEvents events = new ProgressEvents(
            7,
            progress -> {
                told.add(progress.done());
                inListener.run();
            },
            threads::add);

    private static JobProgress at(long second) {
        return new JobProgress(second, 100, null, Instant.ofEpochSecond(second));
    }

    private void runThread() {
        Objects.requireNonNull(threads.poll()).run();
    }

    @Test
    void tellsTheLatestAloneInOrder() {
        events.progressed(at(1));
        events.progressed(at(3));
        events.progressed(at(2));
        events.progressed(at(3));
        runThread();
        events.progressed(at(4));
        events.progressed(at(1));
        runThread();
        assertThat(told).containsExactly(3L, 4L);
        assertThat(threads).isEmpty();
    }

    @Test
    void tellsOneAfterTheOther() {
        inListener = () -> {
            inListener = () -> {};
            events.progressed(at(2));
            events.progressed(at(3));
        };
        events.progressed(at(1));
        runThread();
        assertThat(told).containsExactly(1L, 3L);
        assertThat(threads).isEmpty();
    }

    @Test
    void theEndComesAfterTheEventThatIsBeingToldAndNoneComesAfterIt() {
        inListener = () -> {
            events.progressed(at(2));
            events.end(() -> told.add("end"));
            told.add("returned");
        };
        events.progressed(at(1));
        runThread();
        events.progressed(at(3));
        assertThat(told).containsExactly(1L, "returned", "end");
        assertThat(threads).isEmpty();
    }

    @Test
    void whatHasNotBeenToldByTheEndIsNotToldAtAll() {
        events.progressed(at(1));
        events.end(() -> told.add("end"));
        assertThat(told).as("a thread is about to tell").isEmpty();
        runThread();
        assertThat(told).containsExactly("end");
    }

    @Test
    void anEndWithNothingToTellComesAtOnce() {
        events.end(() -> told.add("end"));
        assertThat(told).containsExactly("end");
    }

    @Test
    void aListenerThatFailsHearsOfTheNext() {
        inListener = () -> {
            inListener = () -> {};
            throw new IllegalStateException("no");
        };
        events.progressed(at(1));
        runThread();
        events.progressed(at(2));
        runThread();
        events.end(() -> told.add("end"));
        assertThat(told).containsExactly(1L, 2L, "end");
    }
}
