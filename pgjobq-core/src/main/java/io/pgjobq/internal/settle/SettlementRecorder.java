package io.pgjobq.internal.settle;

import io.pgjobq.JobError;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.HistoryPartitions;
import io.pgjobq.internal.store.SettledFailure;
import io.pgjobq.internal.store.SettledSuccesses;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.Settlement.Unsuccessful;
import io.pgjobq.internal.store.Settlements;
import io.pgjobq.internal.store.StoredOutcome;
import io.pgjobq.internal.store.TransactionalEnd;
import io.pgjobq.internal.support.Log;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;

/** Writes batches of settlements, and tells everybody whom they concern. Used by the settler's thread. */
public final class SettlementRecorder {

    private static final Logger LOG = Log.of(SettlementRecorder.class);

    private final Settlements store;
    private final HistoryPartitions partitions;
    private final ClaimBook book;
    private final Doorbell doorbell;
    private final JobEndListener ends;

    public SettlementRecorder(
            Settlements store, HistoryPartitions partitions, ClaimBook book, Doorbell doorbell, JobEndListener ends) {
        this.store = store;
        this.partitions = partitions;
        this.book = book;
        this.doorbell = doorbell;
        this.ends = ends;
    }

    /** What is left to be written of a batch. A step that was committed is not repeated when a later one fails. */
    static final class Batch {

        private final List<Settlement> all;
        private final List<Unsuccessful> failed = new ArrayList<>();
        private final List<Succeeded> succeeded = new ArrayList<>();
        private final List<Released> released = new ArrayList<>();
        private final Set<Long> emptiedByRelease = new HashSet<>();
        private final List<Settlement> putOff = new ArrayList<>();

        /** An earlier try of the current step failed, perhaps after its commit. */
        private boolean inDoubt;

        Batch(List<Settlement> all) {
            this.all = all;
        }

        /** Returns all that was to be written. */
        List<Settlement> all() {
            return all;
        }

        /** Returns what a handler's transaction stood in the way of. */
        List<Settlement> putOff() {
            return putOff;
        }
    }

    /** Sorts settlements into a batch. Each is counted once, however often the batch is tried. */
    Batch batch(List<Settlement> settlements) {
        Batch batch = new Batch(settlements);
        for (Settlement settlement : settlements) {
            if (settlement instanceof Unsuccessful failed) {
                batch.failed.add(failed);
            } else if (settlement instanceof Succeeded succeeded) {
                batch.succeeded.add(succeeded);
            } else if (settlement instanceof Released released) {
                batch.released.add(released);
            }
            long claim = settlement.job().claim();
            if (book.settle(settlement.job())) {
                if (settlement instanceof Released) {
                    batch.emptiedByRelease.add(claim);
                } else {
                    book.empty(claim);
                }
            }
        }
        return batch;
    }

    /** Nothing is left to be written of the batch. */
    void written(Batch batch) {
        batch.all.forEach(settlement -> book.settled(settlement.job()));
    }

    boolean hasLeftovers() {
        return book.hasEmptied();
    }

    /** Writes the batch, or throws what is worth waiting for and trying again. */
    void record(Batch batch) {
        try {
            recordFailed(batch);
            if (!recordSucceeded(batch, book.emptied())) {
                removeEmptied();
            }
            recordReleased(batch);
        } catch (RuntimeException ex) {
            batch.inDoubt = true;
            if (Database.lacksPartition(ex)) {
                partitions.maintain();
            } else if (Database.refusesData(ex)) {
                recordOneByOne(batch);
                return;
            }
            throw ex;
        } catch (Error ex) {
            batch.inDoubt = true;
            throw ex;
        }
    }

    private void recordFailed(Batch batch) {
        if (batch.failed.isEmpty()) {
            return;
        }
        Map<Long, Unsuccessful> left = new HashMap<>();
        batch.failed.forEach(failed -> left.put(failed.job().id(), failed));
        List<StoredOutcome> over = new ArrayList<>();
        for (SettledFailure settled : store.failed(batch.failed)) {
            Unsuccessful failed = left.remove(settled.id());
            if (failed != null && settled.awaited()) {
                over.add(outcome(failed, settled.at()));
            }
        }
        batch.failed.stream()
                .map(Unsuccessful::waitsInMillis)
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .min()
                .ifPresent(millis -> doorbell.ring(new Signal.Due(millis)));
        reportLost(left.values(), batch.inDoubt);
        tell(over);
        batch.failed.clear();
        batch.inDoubt = false;
    }

    /** Returns whether there was something to record; emptied claims have been seen to then. */
    private boolean recordSucceeded(Batch batch, long[] emptied) {
        if (batch.succeeded.isEmpty()) {
            return false;
        }
        SettledSuccesses settled = store.succeeded(batch.succeeded, emptied);
        book.gone(settled.removedClaims());
        if (settled.settled().length < batch.succeeded.size()) {
            Set<Long> ids = set(settled.settled());
            reportLost(
                    batch.succeeded.stream()
                            .filter(succeeded -> !ids.contains(succeeded.job().id()))
                            .toList(),
                    batch.inDoubt);
        }
        if (settled.awaited().length > 0) {
            Set<Long> awaited = set(settled.awaited());
            tell(batch.succeeded.stream()
                    .filter(succeeded -> awaited.contains(succeeded.job().id()))
                    .map(succeeded -> outcome(succeeded, settled.at()))
                    .toList());
        }
        batch.succeeded.clear();
        batch.inDoubt = false;
        return true;
    }

    private void removeEmptied() {
        if (book.hasEmptied()) {
            book.gone(store.removeClaims(book.emptied()));
        }
    }

    private void recordReleased(Batch batch) {
        if (batch.released.isEmpty()) {
            return;
        }
        long[] emptied =
                batch.emptiedByRelease.stream().mapToLong(Long::longValue).toArray();
        Set<Long> free = set(store.released(batch.released, emptied));
        for (Released released : batch.released) {
            ClaimedJob job = released.job();
            if (free.contains(job.claim())) {
                book.forget(job.claim(), batch.emptiedByRelease);
                doorbell.ring(new Signal.Ready(job.queue(), job.lane(), job.seq()));
            } else {
                book.taken(List.of(job));
                batch.putOff.add(released);
            }
        }
        batch.released.clear();
    }

    /** One of them can't be stored: the others must not suffer for it. */
    private void recordOneByOne(Batch batch) {
        List<Settlement> all = new ArrayList<>(batch.failed);
        all.addAll(batch.succeeded);
        for (Settlement settlement : all) {
            try {
                recordAlone(settlement);
            } catch (RuntimeException ex) {
                if (!Database.refusesData(ex)) {
                    throw ex;
                }
                giveUp(settlement, ex);
            }
            batch.failed.remove(settlement);
            batch.succeeded.remove(settlement);
        }
        removeEmptied();
        recordReleased(batch);
    }

    private void recordAlone(Settlement settlement) {
        Batch single = new Batch(List.of(settlement));
        single.inDoubt = true;
        if (settlement instanceof Unsuccessful failed) {
            single.failed.add(failed);
            recordFailed(single);
        } else if (settlement instanceof Succeeded succeeded) {
            single.succeeded.add(succeeded);
            // Its claim may hold others that are still to be recorded.
            recordSucceeded(single, new long[0]);
        }
    }

    private void giveUp(Settlement settlement, RuntimeException cause) {
        LOG.error("job {}: how it ended can't be stored", settlement.job().id(), cause);
        if (settlement instanceof Succeeded succeeded) {
            try {
                recordAlone(new Failed(succeeded.job(), succeeded.micros(), Failures.of(cause), null));
            } catch (RuntimeException ex) {
                if (!Database.refusesData(ex)) {
                    throw ex;
                }
                // Nothing of the kind can be stored. It is free when its claim is gone, and found by the next sweep.
                LOG.error(
                        "job {}: not even that can be stored, so it runs again",
                        settlement.job().id(),
                        ex);
            }
        }
    }

    /** A job was completed in its handler's transaction, which has committed. */
    public void completed(Succeeded succeeded, TransactionalEnd completion) {
        if (completion.awaited()) {
            tell(List.of(outcome(succeeded, completion.at())));
        }
    }

    private void tell(List<StoredOutcome> outcomes) {
        if (!outcomes.isEmpty()) {
            ends.ended(outcomes);
            doorbell.announceEnded(outcomes.stream().map(StoredOutcome::id).toList());
        }
    }

    private static void reportLost(Collection<? extends Settlement> lost, boolean inDoubt) {
        if (lost.isEmpty()) {
            return;
        }
        List<Long> ids =
                lost.stream().limit(10).map(settlement -> settlement.job().id()).toList();
        if (inDoubt) {
            LOG.info(
                    "{} jobs ({} …): were settled before the connection was lost, or run again elsewhere",
                    lost.size(),
                    ids);
        } else {
            LOG.warn(
                    "{} jobs ({} …): what their attempts came to is refused, since they were taken away from this node",
                    lost.size(),
                    ids);
        }
    }

    private static StoredOutcome outcome(Succeeded succeeded, Instant at) {
        return new StoredOutcome(
                succeeded.job().id(),
                "succeeded",
                succeeded.job().attempt() + 1,
                at.minus(succeeded.micros(), ChronoUnit.MICROS),
                at,
                succeeded.result(),
                null,
                false);
    }

    private static StoredOutcome outcome(Unsuccessful failed, Instant at) {
        int attempt = failed.job().attempt() + 1;
        Failure error = failed.error();
        return new StoredOutcome(
                failed.job().id(),
                failed.endState(),
                attempt,
                at.minus(failed.micros(), ChronoUnit.MICROS),
                at,
                null,
                error == null ? null : new JobError(attempt, at, error.type(), error.message(), error.stack()),
                false);
    }

    private static Set<Long> set(long[] ids) {
        Set<Long> set = new HashSet<>();
        Arrays.stream(ids).forEach(set::add);
        return set;
    }
}
