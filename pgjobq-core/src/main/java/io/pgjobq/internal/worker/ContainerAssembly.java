package io.pgjobq.internal.worker;

import io.pgjobq.ContainerOptions;
import io.pgjobq.QueueOptions;
import io.pgjobq.internal.store.ClaimedJob;

/** The parts of a container and how they hang together. */
final class ContainerAssembly {

    private final QueueNumber number = new QueueNumber();
    private final Workload workload;
    private final Runners runners;
    private final Drain drain;
    private final ClaimLoop claims;
    private final SenderSlots slots;

    /** @param createQueue creates the queue, and returns when the container knows its number */
    ContainerAssembly(
            String queue,
            Handlers handlers,
            QueueOptions queueOptions,
            ContainerOptions options,
            WorkerServices services,
            Runnable createQueue) {
        workload = new Workload(
                queue,
                options,
                new Batches(handlers),
                services.timer(),
                services.settler().quarantine(),
                new Readiness(number, services),
                // They need the workload.
                () -> services.threads().execute(runners()),
                services.nanoTime());
        Attempts attempts = new Attempts(queue, queueOptions.maxAttempts(), services, workload);
        BeginBackOff backOff = new BeginBackOff(queue, services.nanoTime());
        JobRunner runner = JobRunner.of(handlers, queueOptions, options, services, backOff);
        runners = new Runners(workload, runner, services);
        drain = new Drain(queue, workload, runner, services.settler(), services.events(), options.shutdownTimeout());
        Host host = new Host(number, createQueue, attempts, drain);
        claims = new ClaimLoop(
                workload,
                new Claimer(queue, handlers, services, workload, host),
                backOff,
                drain,
                options.concurrency());
        slots = new SenderSlots(queue, number, handlers, backOff, services, workload, attempts, drain);
        services.settler().onRelief(workload::poke);
        services.settler().quarantine().onFree(workload::poke);
    }

    private Runnable runners() {
        return runners::run;
    }

    /** Returns where the queue's number is kept, which is not known at first. */
    QueueNumber number() {
        return number;
    }

    Workload workload() {
        return workload;
    }

    Drain drain() {
        return drain;
    }

    ClaimLoop claims() {
        return claims;
    }

    SenderSlots slots() {
        return slots;
    }

    /** What the thread that takes jobs needs of its container. */
    private record Host(QueueNumber number, Runnable create, Attempts attempts, Drain drain) implements Claimer.Host {

        @Override
        public int queueId() {
            return number.get();
        }

        @Override
        public void createQueue() {
            create.run();
        }

        @Override
        public JobRun attempt(ClaimedJob job) {
            return attempts.of(job);
        }

        @Override
        public void giveBackHeld() {
            drain.giveBackHeld();
        }
    }
}
