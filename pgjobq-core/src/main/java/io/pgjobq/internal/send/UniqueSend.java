package io.pgjobq.internal.send;

import io.pgjobq.DuplicateJobException;
import io.pgjobq.SentJob.Fate;
import io.pgjobq.Unique;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.send.DefaultJobSender.Chunk;
import io.pgjobq.internal.store.JobStore;
import io.pgjobq.internal.store.NewJob;
import io.pgjobq.internal.store.UniqueJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Stores unique jobs, all of a call or, where duplicates are refused, none. Used by one thread. */
final class UniqueSend {

    private final JobStore store;
    private final NewJob job;
    private final Keys keys;

    UniqueSend(JobStore store, NewJob job, Keys keys) {
        this.store = store;
        this.job = job;
        this.keys = keys;
    }

    /** In a transaction that ends with it. */
    List<UniqueJob> alone(Connection connection, List<Chunk> chunks) throws SQLException {
        List<UniqueJob> all = new ArrayList<>(keys.keys().size());
        for (Chunk chunk : chunks) {
            int from = all.size();
            String[] some =
                    keys.keys().subList(from, from + chunk.types().length).toArray(String[]::new);
            List<UniqueJob> stored =
                    store.sendUnique(connection, job, keys.how(), some, chunk.types(), chunk.payloads());
            if (stored == null) {
                throw new UnknownQueueException(job.queue());
            }
            all.addAll(stored);
        }
        if (keys.how().onConflict() == Unique.OnConflict.REFUSE) {
            refuseDuplicates(all);
        }
        return all;
    }

    /** In the caller's transaction, which need not be rolled back because of a refusal. */
    List<UniqueJob> within(Connection connection, List<Chunk> chunks) throws SQLException {
        if (keys.how().onConflict() != Unique.OnConflict.REFUSE) {
            return alone(connection, chunks);
        }
        Savepoint before = connection.setSavepoint();
        try {
            List<UniqueJob> stored = alone(connection, chunks);
            connection.releaseSavepoint(before);
            return stored;
        } catch (DuplicateJobException ex) {
            connection.rollback(before);
            throw ex;
        }
    }

    private void refuseDuplicates(List<UniqueJob> stored) {
        for (int i = 0; i < stored.size(); i++) {
            if (stored.get(i).fate() == Fate.KEPT) {
                throw new DuplicateJobException(
                        job.queue(), keys.keys().get(i), stored.get(i).id());
            }
        }
    }

    /** Returns what others are to know when the jobs are committed: a job that was replaced may be ready anywhere. */
    static Signal signal(int priority, List<UniqueJob> stored) {
        UniqueJob first = stored.get(0);
        Long due = first.dueInMillis();
        if (due != null) {
            return new Signal.Due(Math.max(0, due));
        }
        boolean replaced = stored.stream().anyMatch(each -> each.fate() == Fate.REPLACED);
        OptionalLong firstNew = stored.stream()
                .filter(each -> each.fate() == Fate.NEW)
                .mapToLong(UniqueJob::id)
                .min();
        return replaced || firstNew.isEmpty()
                ? new Signal.Look(first.queue())
                : new Signal.Ready(first.queue(), priority, firstNew.getAsLong());
    }
}
