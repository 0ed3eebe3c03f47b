package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.TransactionalEnd;
import io.pgjobq.internal.store.TransactionalEnds;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.worker.AttemptEnds.JobLostException;
import io.pgjobq.internal.worker.AttemptEnds.NotBegunException;
import io.pgjobq.internal.worker.AttemptEnds.TooLateException;
import io.pgjobq.internal.worker.TransactionalAttempts.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Runs batches in a transaction that also completes their jobs, if it is on the queue's DataSource: all that the handler has not
 * failed apart, by one statement. Thread-safe.
 */
final class TransactionalBatches {

    private static final Logger LOG = Log.of(TransactionalBatches.class);

    private final WorkerStore store;
    private final TransactionalAttempts attempts;
    private final AttemptEnds ends;

    TransactionalBatches(WorkerStore store, TransactionalAttempts attempts, AttemptEnds ends) {
        this.store = store;
        this.attempts = attempts;
        this.ends = ends;
    }

    /**
     * Calls the handler in a transaction, and settles the attempts if that commits, or was given up for the sake of some of them.
     *
     * @throws NotBegunException if no transaction could be begun
     * @throws Throwable whatever the handler throws, or the commit
     */
    void run(TransactionOperations transaction, Handler handler, List<BatchEntry> entries, Call call) throws Throwable {
        Joint joint = new Joint();
        try {
            TransactionalAttempts.within(transaction, handler, call, () -> complete(entries, joint));
        } catch (GivenUpException givenUp) {
            giveUp(entries, givenUp);
            return;
        }
        committed(handler, entries, joint);
    }

    private void complete(List<BatchEntry> entries, Joint joint) {
        long micros = AttemptEnds.micros(entries.get(0).run());
        for (BatchEntry entry : entries) {
            if (entry.failure() == null) {
                joint.succeeded.add(new Succeeded(entry.run().job(), micros, null));
            }
        }
        Set<Long> late = entries.stream()
                .filter(entry -> entry.failure() == null && entry.run().isTooLate())
                .map(entry -> entry.run().id())
                .collect(Collectors.toSet());
        if (!late.isEmpty()) {
            throw new GivenUpException(late, Set.of());
        }
        if (joint.succeeded.isEmpty() || !store.canComplete()) {
            return;
        }
        TransactionalEnds completed = store.completeAll(joint.succeeded);
        if (completed.held().length < joint.succeeded.size()) {
            Set<Long> held = set(completed.held());
            throw new GivenUpException(
                    Set.of(),
                    joint.succeeded.stream()
                            .map(succeeded -> succeeded.job().id())
                            .filter(id -> !held.contains(id))
                            .collect(Collectors.toSet()));
        }
        joint.completed = completed;
    }

    private void committed(Handler handler, List<BatchEntry> entries, Joint joint) {
        TransactionalEnds completed = joint.completed;
        if (completed == null && !joint.succeeded.isEmpty()) {
            attempts.warnOnce(handler);
        }
        Set<Long> awaited = completed == null ? Set.of() : set(completed.awaited());
        int next = 0;
        for (BatchEntry entry : entries) {
            Throwable apart = entry.failure();
            if (apart != null) {
                ends.ended(entry.run(), apart);
                continue;
            }
            Succeeded succeeded = joint.succeeded.get(next++);
            if (completed == null) {
                ends.succeeded(entry.run(), succeeded);
            } else {
                boolean isAwaited = awaited.contains(succeeded.job().id());
                ends.completed(entry.run(), succeeded, new TransactionalEnd(isAwaited, completed.at()));
            }
        }
    }

    /** It was rolled back for the sake of some: the others have done nothing wrong, and run again without those. */
    private void giveUp(List<BatchEntry> entries, GivenUpException givenUp) {
        int lost = 0;
        int others = 0;
        for (BatchEntry entry : entries) {
            JobRun run = entry.run();
            Throwable apart = entry.failure();
            if (givenUp.lost.contains(run.id())) {
                if (lost++ > 0) {
                    run.quiet();
                }
                ends.ended(run, new JobLostException(run.toString()));
            } else if (givenUp.late.contains(run.id())) {
                ends.ended(run, new TooLateException());
            } else if (apart != null) {
                ends.ended(run, apart);
            } else {
                ends.givenBack(run);
                others++;
            }
        }
        LOG.info(
                "{}: its batch was rolled back, as {} jobs were cancelled, late or taken away; {} others start again",
                entries.get(0).run(),
                givenUp.late.size() + givenUp.lost.size(),
                others);
    }

    private static Set<Long> set(long[] ids) {
        return LongStream.of(ids).boxed().collect(Collectors.toSet());
    }

    /** What passes from inside the transaction to the outside. Used by one thread. */
    private static final class Joint {

        private final List<Succeeded> succeeded = new ArrayList<>();
        private @Nullable TransactionalEnds completed;
    }

    /** Some of the jobs can't be completed, so that what the handler did for them is rolled back. */
    @SuppressWarnings("serial")
    private static final class GivenUpException extends RuntimeException {

        private final Set<Long> late;
        private final Set<Long> lost;

        GivenUpException(Set<Long> late, Set<Long> lost) {
            super(null, null, false, false);
            this.late = late;
            this.lost = lost;
        }
    }
}
