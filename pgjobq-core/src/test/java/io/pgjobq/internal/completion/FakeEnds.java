package io.pgjobq.internal.completion;

import io.pgjobq.JobProgress;
import io.pgjobq.internal.store.StoredOutcome;
import io.pgjobq.internal.store.StoredProgress;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongFunction;

/** Jobs that end when the test says so, in a database that fails when it says so. Thread-safe. */
final class FakeEnds implements Ends {

    final BlockingQueue<List<Long>> asked = new LinkedBlockingQueue<>();
    volatile Runnable beforeAwait = () -> {};
    volatile Runnable beforeOutcomes = () -> {};

    /** What is known of a job that does not wait. */
    volatile LongFunction<StoredOutcome> outcome = FakeEnds::succeeded;

    /** How far jobs are. */
    final Map<Long, JobProgress> progress = new ConcurrentHashMap<>();

    final BlockingQueue<List<Long>> askedForProgress = new LinkedBlockingQueue<>();
    volatile Runnable beforeProgress = () -> {};

    private final Map<Long, StoredOutcome> ended = new ConcurrentHashMap<>();

    void end(long id) {
        ended.put(id, succeeded(id));
    }

    static StoredOutcome succeeded(long id) {
        return new StoredOutcome(id, "succeeded", 1, Instant.EPOCH, Instant.EPOCH, new byte[] {1}, null, false);
    }

    static StoredOutcome unknown(long id, boolean live) {
        return new StoredOutcome(id, null, 0, null, null, null, null, live);
    }

    @Override
    public List<Long> await(long[] ids) {
        List<Long> all = Arrays.stream(ids).boxed().toList();
        asked.add(all);
        beforeAwait.run();
        return all.stream().filter(id -> !ended.containsKey(id)).toList();
    }

    @Override
    public List<StoredOutcome> outcomes(long[] ids) {
        beforeOutcomes.run();
        return Arrays.stream(ids).mapToObj(outcome::apply).toList();
    }

    @Override
    public List<StoredProgress> progress(long[] ids) {
        askedForProgress.add(Arrays.stream(ids).boxed().toList());
        beforeProgress.run();
        return Arrays.stream(ids)
                .filter(progress::containsKey)
                .mapToObj(id -> new StoredProgress(id, progress.get(id)))
                .toList();
    }
}
