package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Timer;
import io.pgjobq.internal.worker.AttemptEnds.KeptException;
import io.pgjobq.internal.worker.AttemptEnds.NotBegunException;
import io.pgjobq.internal.worker.AttemptEnds.TooLateException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Runs batches: reads the payloads, calls the handler once with all jobs that may begin, and settles each. Nothing that happens
 * there escapes. Thread-safe.
 */
final class BatchRunner {

    /** When payloads take more than this together, what is still to be read is left to a later batch. */
    private static final int MOST_BYTES = 64 * 1024 * 1024;

    private static final Logger LOG = Log.of(BatchRunner.class);

    private final Admission admission;
    private final PayloadReader payloads;
    private final TransactionalBatches transactions;
    private final BeginBackOff backOff;
    private final TimeLimits limits;
    private final JobEvents events;
    private final AttemptEnds ends;

    BatchRunner(
            Admission admission,
            PayloadReader payloads,
            TransactionalBatches transactions,
            BeginBackOff backOff,
            TimeLimits limits,
            JobEvents events,
            AttemptEnds ends) {
        this.admission = admission;
        this.payloads = payloads;
        this.transactions = transactions;
        this.backOff = backOff;
        this.limits = limits;
        this.events = events;
        this.ends = ends;
    }

    void run(JobBatch batch) {
        LeftOnThread thread = null;
        try {
            thread = LeftOnThread.before();
            batch.begin();
            List<BatchEntry> entries = enter(batch);
            if (!entries.isEmpty()) {
                call(entries);
            }
        } catch (Throwable thrown) {
            batch.runs().stream().filter(run -> !run.isSettled()).forEach(run -> ends.ended(run, thrown));
        }
        batch.end();
        if (thread != null) {
            thread.takeAway(batch);
        }
    }

    /** Returns the jobs that may begin, and whose payloads could be read; the attempts at the others have ended. */
    private List<BatchEntry> enter(JobBatch batch) {
        List<BatchEntry> entries = new ArrayList<>(batch.runs().size());
        Throwable unreadable = null;
        long bytes = 0;
        for (JobRun run : batch.runs()) {
            Handler handler = admission.admit(run);
            boolean isRead = run.job().payload() != null;
            if (handler == null) {
                continue;
            }
            if (!isRead && unreadable != null) {
                // Where one had to wait in vain, for a connection or for who keeps it, the others need not wait, too.
                ends.ended(run, unreadable);
            } else if (!isRead && bytes > MOST_BYTES) {
                run.settle(new Released(run.job()));
            } else {
                try {
                    byte[] payload = payloads.bytes(handler, run);
                    bytes += payload.length;
                    entries.add(new BatchEntry(run, handler, payloads.converted(handler, run.job(), payload)));
                } catch (Throwable thrown) {
                    unreadable = thrown instanceof NotBegunException || thrown instanceof KeptException
                            ? thrown
                            : unreadable;
                    ends.ended(run, thrown);
                }
            }
        }
        return entries.stream().filter(entry -> !isOver(entry.run())).toList();
    }

    /** The others were read since the job was asked for. */
    private boolean isOver(JobRun run) {
        boolean over = run.expires();
        if (over) {
            ends.ended(run, new TooLateException());
        }
        return over;
    }

    private void call(List<BatchEntry> entries) {
        Handler handler = entries.get(0).handler();
        TransactionOperations transaction = handler.transaction();
        try {
            if (transaction == null) {
                invoke(handler, entries);
                entries.forEach(this::returned);
            } else {
                transactions.run(transaction, handler, entries, () -> invoke(handler, entries));
            }
        } catch (Throwable thrown) {
            fail(entries, thrown);
        }
    }

    /** Returns when the handler has. */
    private void invoke(Handler handler, List<BatchEntry> entries) throws Throwable {
        backOff.begun(handler);
        List<JobRun> runs = entries.stream().map(BatchEntry::run).toList();
        Timer.Alarm limit = limits.watch(runs, handler);
        try {
            runs.forEach(events::started);
            Object value = handler.invocation().invoke(List.copyOf(entries), runs.get(0));
            if (value != null) {
                throw new NonRetryableJobException(handler.description() + " returned a "
                        + value.getClass().getName()
                        + " for a batch of jobs, whose results it can't be; return nothing");
            }
        } finally {
            limit.cancel();
        }
    }

    private void returned(BatchEntry entry) {
        JobRun run = entry.run();
        Throwable failure = entry.failure();
        try {
            if (failure != null) {
                throw failure;
            }
            ends.succeeded(run, new Succeeded(run.job(), AttemptEnds.micros(run), null));
        } catch (Throwable thrown) {
            ends.ended(run, thrown);
        }
    }

    /** The handler has thrown: that is the failure of each job that it had not failed apart. */
    private void fail(List<BatchEntry> entries, Throwable thrown) {
        int together = 0;
        for (BatchEntry entry : entries) {
            Throwable apart = entry.failure();
            if (apart == null && together++ > 0) {
                entry.run().quiet();
            }
            ends.ended(entry.run(), apart == null ? thrown : apart);
        }
        if (together > 1) {
            LOG.info(
                    "{}: {} jobs of its batch have ended as this one",
                    entries.get(0).run(),
                    together - 1);
        }
    }
}
