package io.pgjobq.autoconfigure;

import io.pgjobq.QueueOptions;

/**
 * A bean of this type changes what holds for a queue in the whole fleet, after the properties have. Several are called in
 * their order, whenever the options of a queue are asked for.
 */
@FunctionalInterface
public interface QueueOptionsCustomizer {

    /** Changes the options of the queue of that name. */
    void customize(String queue, QueueOptions.Builder options);
}
