package io.pgjobq.internal.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgjobq.JobFilter;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.store.QueueNumbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FilteredQueuesTests {

    private final Map<String, Integer> numbers = new LinkedHashMap<>(Map.of("mail", 7));
    private final List<String> asked = new ArrayList<>();
    private final QueueNumbers queues = new QueueNumbers() {

        @Override
        public List<String> names() {
            return List.of("mail", "gone");
        }

        @Override
        public @Nullable Integer find(String name) {
            asked.add(name);
            return numbers.get(name);
        }
    };

    @Test
    void aFilterThatNamesAQueueMeansItAlone() {
        assertThat(FilteredQueues.of(JobFilter.queue("mail"), queues)).containsExactly(7);
    }

    @Test
    void oneThatNamesNoneMeansAllThatAreStillThere() {
        assertThat(FilteredQueues.of(JobFilter.any(), queues)).containsExactly(7);
        assertThat(asked).containsExactly("mail", "gone");
    }

    @Test
    void aQueueThatIsNotThereIsUnknownAndOneThatCannotBeIsNotEvenAskedFor() {
        assertThatExceptionOfType(UnknownQueueException.class)
                .isThrownBy(() -> FilteredQueues.existing("gone", queues));
        assertThatExceptionOfType(UnknownQueueException.class)
                .isThrownBy(() -> FilteredQueues.existing("a\0b", queues));

        assertThat(asked).containsExactly("gone");
    }
}
