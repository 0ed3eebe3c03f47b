package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.Handler.Batching;
import io.pgjobq.internal.store.ClaimedJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A workload of two places, of a queue where jobs of type "b" run in batches of three, and others one by one. */
class BatchesFixture extends WorkloadFixture {

    static final Duration WAIT = Duration.ofMillis(50);

    @Override
    Batches batches() {
        return new Batches(new Handlers(
                "work",
                List.of(
                        Handler.ofBatches("b", String.class, Set.of("b"), null, new Batching(3, WAIT), jobs -> {}),
                        new Handler("single", String.class, Set.of("s"), null, (payload, context) -> null))));
    }

    JobRun run(long id, String type, int attempt) {
        return new JobRun(
                new ClaimedJob(
                        id,
                        id,
                        1,
                        1,
                        5,
                        false,
                        attempt,
                        type,
                        RunnerFixture.PAYLOAD,
                        null,
                        Instant.EPOCH,
                        Instant.EPOCH),
                "work",
                3,
                new RunnerFixture.Known(false),
                () -> false,
                settled::add,
                report -> {},
                now::get);
    }

    /** Jobs of these types, with numbers from 1 on. */
    void hold(String... types) {
        List<JobRun> runs = new ArrayList<>();
        for (String type : types) {
            runs.add(run(runs.size() + 1, type, 0));
        }
        workload.hold(runs, 0);
    }

    /** Returns the numbers of the jobs with which a runner goes on. */
    List<Long> next() {
        JobRun first = workload.next(null);
        return first == null
                ? List.of()
                : first.together().stream().map(JobRun::id).toList();
    }

    void pass(Duration time) {
        now.addAndGet(time.toNanos());
        timer.advance(time);
    }
}
