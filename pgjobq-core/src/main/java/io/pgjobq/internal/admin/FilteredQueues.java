package io.pgjobq.internal.admin;

import io.pgjobq.JobFilter;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.store.QueueNumbers;
import io.pgjobq.internal.support.StorableText;
import java.util.ArrayList;
import java.util.List;

/** The queues whose jobs a filter means. */
final class FilteredQueues {

    private FilteredQueues() {}

    /** Returns the number of the filter's queue, which must exist, or those of all queues if it names none. */
    static List<Integer> of(JobFilter filter, QueueNumbers queues) {
        String name = filter.queue();
        if (name != null) {
            return List.of(existing(name, queues));
        }
        List<Integer> all = new ArrayList<>();
        for (String each : queues.names()) {
            Integer id = queues.find(each);
            if (id != null) {
                all.add(id);
            }
        }
        return all;
    }

    static int existing(String name, QueueNumbers queues) {
        Integer id = StorableText.isStorable(name) ? queues.find(name) : null;
        if (id == null) {
            throw new UnknownQueueException(name);
        }
        return id;
    }
}
