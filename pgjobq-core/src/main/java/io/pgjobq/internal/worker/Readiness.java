package io.pgjobq.internal.worker;

import java.util.function.BooleanSupplier;

/** Whether a node may take jobs of a queue at this moment, however busy the queue's container is. Thread-safe. */
final class Readiness implements BooleanSupplier {

    private final QueueNumber number;
    private final WorkerServices services;

    Readiness(QueueNumber number, WorkerServices services) {
        this.number = number;
        this.services = services;
    }

    @Override
    public boolean getAsBoolean() {
        return number.isKnown()
                && services.node().id() != 0
                && services.node().isFit()
                && !services.settler().isOverloaded();
    }
}
