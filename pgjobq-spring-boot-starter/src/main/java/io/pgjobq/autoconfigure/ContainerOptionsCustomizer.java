package io.pgjobq.autoconfigure;

import io.pgjobq.ContainerOptions;

/**
 * A bean of this type changes how a queue's jobs are run in this application, after the properties have. Several are called
 * in their order, whenever the options of a queue are asked for.
 */
@FunctionalInterface
public interface ContainerOptionsCustomizer {

    /** Changes the options of the container of the queue of that name. */
    void customize(String queue, ContainerOptions.Builder options);
}
