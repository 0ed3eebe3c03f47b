package io.pgjobq.internal.worker;

import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.Claimed;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.StartedJob;
import io.pgjobq.internal.store.TransactionalEnd;
import io.pgjobq.internal.store.TransactionalEnds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Tables in which nothing is to be found unless they are told otherwise. Thread-safe. */
final class FakeTables implements WorkerStore {

    /** What was asked for, before it is answered. */
    final BlockingQueue<ClaimRequest> asked = new LinkedBlockingQueue<>();

    /** How the next requests are answered; those after them find nothing. */
    final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

    interface Answer {

        Claimed to(ClaimRequest request) throws InterruptedException;
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        Answer answer = answers.poll();
        asked.add(request);
        try {
            return answer == null ? nothing(request) : answer.to(request);
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** Jobs with these seqs, of priority 5, and nothing else. */
    static Answer jobs(long... seqs) {
        return request -> {
            List<ClaimedJob> jobs = new ArrayList<>();
            for (long seq : seqs) {
                jobs.add(job(request, seq, false));
            }
            return new Claimed(jobs, nothing(request).emptied(), 0, null);
        };
    }

    static ClaimedJob job(ClaimRequest request, long seq, boolean quarantined) {
        return new ClaimedJob(
                seq,
                seq,
                request.claim() + 1,
                request.queue(),
                5,
                quarantined,
                0,
                "",
                new byte[0],
                null,
                Instant.EPOCH,
                Instant.EPOCH);
    }

    static Claimed nothing(ClaimRequest request) {
        List<LanePosition> emptied = new ArrayList<>();
        for (short lane : request.lanes()) {
            emptied.add(new LanePosition(request.queue(), lane, 0));
        }
        return new Claimed(List.of(), emptied, 0, null);
    }

    static Answer failure(Throwable thrown) {
        return request -> {
            throw RunnerFixture.<RuntimeException>sneaky(thrown);
        };
    }

    @Override
    public StartedJob start(ClaimedJob job) {
        throw new UnsupportedOperationException("all payloads come along");
    }

    @Override
    public boolean canComplete() {
        return false;
    }

    @Override
    public @Nullable TransactionalEnd complete(ClaimedJob job, long micros, byte @Nullable [] result) {
        return null;
    }

    @Override
    public TransactionalEnds completeAll(List<Succeeded> batch) {
        throw new UnsupportedOperationException("there is no transaction");
    }
}
