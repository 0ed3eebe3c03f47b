package io.pgjobq.internal.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobListener;
import io.pgjobq.test.LogLines;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class EventQueueTests {

    private final EventQueue queue = new EventQueue(2);
    private final Consumer<JobListener> first = listener -> {};
    private final Consumer<JobListener> second = listener -> {};
    private final Consumer<JobListener> third = listener -> {};

    @Test
    void eventsComeInTheirOrder() {
        assertThat(queue.isEmpty()).isTrue();
        queue.add(first);
        queue.add(second);

        assertThat(queue.isEmpty()).isFalse();
        assertThat(queue.next()).isSameAs(first);
        assertThat(queue.next()).isSameAs(second);
        assertThat(queue.next()).isNull();
    }

    @Test
    void onceItIsFullItTakesNoneUntilItIsEmpty() {
        try (LogLines log = LogLines.capture()) {
            queue.add(first);
            queue.add(second);
            queue.add(third);
            queue.next();
            queue.add(third);
            assertThat(log.with("WARN")).as("said once").hasSize(1);
            assertThat(log.with("INFO")).isEmpty();
            assertThat(queue.next()).isSameAs(second);
            assertThat(log.with("INFO")).hasSize(1);
            queue.add(third);

            assertThat(queue.next()).isSameAs(third);
            assertThat(log.with("INFO")).as("said once").hasSize(1);
        }
    }

    @Test
    void whatIsClearedIsNotTold() {
        queue.add(first);
        queue.clear();

        assertThat(queue.isEmpty()).isTrue();
    }
}
