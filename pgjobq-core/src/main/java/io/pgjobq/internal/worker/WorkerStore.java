package io.pgjobq.internal.worker;

import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.Claimed;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.JobStore;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.SettlementStore;
import io.pgjobq.internal.store.StartedJob;
import io.pgjobq.internal.store.TransactionalEnd;
import io.pgjobq.internal.store.TransactionalEnds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a container needs of the database. Thread-safe. */
public interface WorkerStore {

    /** Takes jobs. */
    Claimed claim(ClaimRequest request);

    /** Starts a job whose payload did not come with its claim. */
    StartedJob start(ClaimedJob job);

    /** Returns whether the calling thread is in a transaction in which a job can be completed. */
    boolean canComplete();

    /** Completes a job in that transaction; {@code null} if the job was lost. */
    @Nullable
    TransactionalEnd complete(ClaimedJob job, long micros, byte @Nullable [] result);

    /** Completes the jobs of a batch in that transaction, unless one of them was lost: then none. They took the same time. */
    TransactionalEnds completeAll(List<Succeeded> batch);

    /** Returns what is kept in the tables. */
    static WorkerStore of(JobStore jobs, SettlementStore settlements) {
        return new WorkerStore() {

            @Override
            public Claimed claim(ClaimRequest request) {
                return jobs.claim(request);
            }

            @Override
            public StartedJob start(ClaimedJob job) {
                return jobs.start(job.id(), job.seq(), job.claim());
            }

            @Override
            public boolean canComplete() {
                return settlements.canComplete();
            }

            @Override
            public @Nullable TransactionalEnd complete(ClaimedJob job, long micros, byte @Nullable [] result) {
                return settlements.complete(job, micros, result);
            }

            @Override
            public TransactionalEnds completeAll(List<Succeeded> batch) {
                return settlements.completeAll(batch);
            }
        };
    }
}
