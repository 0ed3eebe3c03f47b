package io.pgjobq.internal.worker;

import io.pgjobq.PayloadConverter;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.node.Node;
import io.pgjobq.internal.progress.ProgressReport;
import io.pgjobq.internal.settle.ClaimBook;
import io.pgjobq.internal.settle.Settler;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.support.Timer;
import io.pgjobq.internal.support.Vitals;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What the containers of a node share.
 *
 * @param node who takes the jobs
 * @param store where they are taken from, and where handlers' transactions complete them
 * @param settler who records how they ended
 * @param book which claims are held
 * @param converter reads payloads and writes results
 * @param threads runs handlers; starts a thread for each task that finds none idle
 * @param registrar sees to it that the queue of a container exists
 * @param upkeep is asked to mend what containers can't
 * @param vitals are told what does not work of this node
 * @param events is told of attempts
 * @param ends is told of jobs that their handlers' transactions have completed
 * @param progress takes what handlers report of their jobs' progress
 * @param timer watches how long attempts run
 * @param nanoTime a clock that only goes on
 */
public record WorkerServices(
        Node node,
        WorkerStore store,
        Settler settler,
        ClaimBook book,
        PayloadConverter converter,
        Executor threads,
        QueueRegistrar registrar,
        Upkeep upkeep,
        Vitals vitals,
        JobEvents events,
        HandlerCommitListener ends,
        ProgressReport.Sink progress,
        Timer timer,
        LongSupplier nanoTime) {

    /** An error has interrupted the way of a job: nobody here knows of it any more, and it is given back. */
    void disown(ClaimedJob job) {
        book.disown(job);
        if (job.quarantined()) {
            settler.quarantine().settled(job.claim());
        }
        upkeep.claimInDoubt();
    }
}
