package io.pgjobq.internal.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which queues there are, for those who know them by name only. */
public interface QueueNumbers {

    /** Returns the names of all queues. */
    List<String> names();

    /** Returns a queue's number, {@code null} if there is none of that name. */
    @Nullable
    Integer find(String name);
}
