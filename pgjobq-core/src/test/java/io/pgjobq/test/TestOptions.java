package io.pgjobq.test;

import io.pgjobq.ContainerOptions;
import io.pgjobq.QueueOptions;

/** What a test chooses for a queue and its container. */
public record TestOptions(QueueOptions queue, ContainerOptions container) {

    /** The defaults of both. */
    public static final TestOptions DEFAULT = new TestOptions(QueueOptions.DEFAULT, ContainerOptions.DEFAULT);
}
