package io.pgjobq.internal.send;

import io.pgjobq.internal.completion.SendingTransaction;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The jobs sent in one transaction: rings for all of them when it has committed, for none if it rolls back. Used by the
 * transaction's thread, but for what a {@link SendingTransaction} is asked.
 */
final class TransactionCommit implements Commit, SendingTransaction, TransactionSynchronization, Ordered {

    private record Lane(int queue, int priority) {}

    private final Database database;
    private final Doorbell doorbell;
    private final JobEvents events;

    /**
     * A job was sent since the transaction was last known to be open. If it had been committed by then, nobody commits the
     * job.
     */
    private boolean late;

    private final CompletableFuture<Boolean> committed = new CompletableFuture<>();

    /** The thread that has to end the transaction, {@code null} when it has. */
    private volatile @Nullable Thread thread = Thread.currentThread();

    private final Map<Lane, Signal.Ready> ready = new LinkedHashMap<>();
    private final Set<Signal> others = new LinkedHashSet<>();

    /** How many jobs were sent to which queue. */
    private final Map<String, Integer> sent = new LinkedHashMap<>();

    private TransactionCommit(Database database, Doorbell doorbell, JobEvents events) {
        this.database = database;
        this.doorbell = doorbell;
        this.events = events;
    }

    /** What was sent in the current transaction at once. */
    record Sent(String queue, int jobs, List<Signal> signals) {}

    /** Rings and tells when the current transaction has committed, and returns whether it has. */
    static Commit announce(Database database, Doorbell doorbell, JobEvents events, Sent sent) {
        // Where nobody tells when the transaction ends, the next poll finds its jobs, and who waits looks at once.
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            events.sent(sent.queue, sent.jobs);
            return Commit.DONE;
        }
        return of(database, doorbell, events).then(sent);
    }

    private static TransactionCommit of(Database database, Doorbell doorbell, JobEvents events) {
        for (TransactionSynchronization other : TransactionSynchronizationManager.getSynchronizations()) {
            if (other instanceof TransactionCommit same && same.doorbell == doorbell) {
                return same;
            }
        }
        TransactionCommit commit = new TransactionCommit(database, doorbell, events);
        TransactionSynchronizationManager.registerSynchronization(commit);
        return commit;
    }

    private TransactionCommit then(Sent more) {
        late = !database.outlivesCallbacks();
        sent.merge(more.queue, more.jobs, Integer::sum);
        for (Signal signal : more.signals) {
            if (signal instanceof Signal.Ready lane) {
                // Numbers only grow, so the first of a lane is its lowest.
                ready.putIfAbsent(new Lane(lane.queue(), lane.priority()), lane);
            } else {
                others.add(signal);
            }
        }
        return this;
    }

    @Override
    public SendingTransaction transaction() {
        return this;
    }

    @Override
    public boolean isOpenHere() {
        return thread == Thread.currentThread();
    }

    @Override
    public CompletionStage<Boolean> committed() {
        return committed;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void beforeCompletion() {
        late = false;
    }

    @Override
    public void afterCommit() {
        commitLate();
    }

    @Override
    public void afterCompletion(int status) {
        thread = null;
        if (status == STATUS_ROLLED_BACK) {
            committed.complete(false);
            return;
        }
        try {
            if (status == STATUS_COMMITTED) {
                commitLate();
            }
            // If it is not known how the transaction ended, a look does no harm.
            ready.values().forEach(doorbell::ring);
            others.forEach(doorbell::ring);
            sent.forEach(events::sent);
        } finally {
            committed.complete(true);
        }
    }

    /**
     * Commits what was sent by somebody who was told of the commit before this, by a manager that does not tell of its own, or
     * by Hibernate. What was sent before the commit is committed already.
     */
    private void commitLate() {
        if (late) {
            database.commitBound();
            late = false;
        }
    }
}
