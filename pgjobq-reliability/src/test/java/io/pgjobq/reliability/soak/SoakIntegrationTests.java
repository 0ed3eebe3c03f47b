package io.pgjobq.reliability.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JobCompletions;
import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import io.pgjobq.reliability.worker.Task.Deed;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A steady load of all kinds of jobs: what the worker and the server hold does not grow. */
@Tag("steady")
class SoakIntegrationTests {

    private static final String SCENARIO = "soak";

    /** Another length in minutes may be given as {@code reliability.soak.minutes}. */
    private static final Duration LENGTH =
            Duration.ofMinutes(Integer.getInteger("reliability.soak.minutes", Form.pick(1, 60)));

    private static final int SAMPLES = 40;

    /** Spread evenly over the three queues; the special ones come on top. */
    private static final int PLAIN_PER_SECOND = 240;

    private static final int SPECIAL_PER_SECOND = 20;

    private static final double TABLES_MEGABYTES = 12;

    private final AtomicLong awaited = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();

    @Test
    void nothingGrowsUnderSteadyLoad() throws Exception {
        try (Stage stage = Stage.set(SCENARIO)) {
            Worker worker = stage.worker("worker").awaitReady();
            Load load = stage.load();
            List<Sample> samples = sampleUnderLoad(stage, load, worker);
            stage.awaitDrained(Duration.ofMinutes(2));
            SoakPlot.draw(SCENARIO, samples);
            await().untilAsserted(() -> assertThat(ended.get()).isEqualTo(awaited.get()));
            assertThat(load.failures()).isEmpty();
            stage.report(
                    LENGTH.toMinutes() + " minutes of " + (PLAIN_PER_SECOND + 4 * SPECIAL_PER_SECOND)
                            + " jobs/s, among them failing, delayed and awaited ones",
                    stage.audit().assertAllSucceeded(),
                    summary(samples));
            assertNothingGrows(samples);
            assertThat(stage.books().count("select count(*) from pgjobq.claim")).isZero();
        }
    }

    private List<Sample> sampleUnderLoad(Stage stage, Load load, Worker worker) throws Exception {
        List<Sample> samples = new CopyOnWriteArrayList<>();
        Observer observer = new Observer(worker, stage.server());
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
        try {
            load.start(PLAIN_PER_SECOND, Task.of(Duration.ofMillis(5)), Queues.PLAIN, Queues.TRANSFER, Queues.BARE);
            var special = clock.scheduleAtFixedRate(() -> sendSpecial(load), 0, 1, TimeUnit.SECONDS);
            long spacing = LENGTH.toMillis() / SAMPLES;
            var sampling = clock.scheduleWithFixedDelay(
                    () -> samples.add(observer.look()), spacing, spacing, TimeUnit.MILLISECONDS);
            await("the end of the soak")
                    .atMost(LENGTH.multipliedBy(3))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        assertThat(special.isDone() || sampling.isDone())
                                .as("sending or looking failed")
                                .isFalse();
                        return !samples.isEmpty()
                                && samples.get(samples.size() - 1).second() >= LENGTH.toSeconds();
                    });
            load.stop();
            return List.copyOf(samples);
        } finally {
            clock.shutdown();
            assertThat(clock.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    /** Jobs that fail once, that send a delayed job each, and that are waited for. */
    private void sendSpecial(Load load) {
        load.send(Queues.TRANSFER, Task.of(Duration.ZERO, Deed.FAIL_ONCE), SPECIAL_PER_SECOND);
        load.send(Queues.TRANSFER, Task.of(Duration.ofSeconds(3), Deed.SEND_LATER), SPECIAL_PER_SECOND);
        JobCompletions completions = load.pgJobQ().completions();
        for (long job : load.send(Queues.PLAIN, Task.of(Duration.ofMillis(20)), SPECIAL_PER_SECOND)) {
            awaited.incrementAndGet();
            var unused = completions.completion(job, Void.class).thenAccept(outcome -> ended.incrementAndGet());
        }
    }

    private static void assertNothingGrows(List<Sample> samples) {
        assertFlat(samples, "heap in MB", Sample::heapMegabytes, 0.1, 8);
        assertFlat(samples, "threads", Sample::threads, 0.1, 3);
        assertFlat(samples, "file descriptors", Sample::descriptors, 0.1, 5);
        assertThat(samples).allSatisfy(sample -> {
            assertThat(Sample.megabytes(sample.jobs() + sample.claims() + sample.nodes()))
                    .as("MB of the tables of jobs, claims and nodes at %d s", sample.second())
                    .isLessThan(TABLES_MEGABYTES);
            assertThat(sample.oldestClaim())
                    .as("age of the oldest claim in ms at %d s", sample.second())
                    .isLessThan(15_000);
            // Two pools of at most 10 and 4, two listeners, and the test's own is another user's.
            assertThat(sample.connections())
                    .as("connections at %d s", sample.second())
                    .isLessThanOrEqualTo(16);
            assertThat(sample.locks())
                    .as("locks of nodes at %d s", sample.second())
                    .isEqualTo(2);
        });
    }

    private static void assertFlat(
            List<Sample> samples, String what, ToDoubleFunction<Sample> figure, double part, double most) {
        Trend trend = Trend.of(samples, figure);
        assertThat(trend.isFlat(part, most))
                .as("%s: from %.1f in the second quarter to %.1f in the last", what, trend.early(), trend.late())
                .isTrue();
    }

    private static String summary(List<Sample> samples) {
        Trend heap = Trend.of(samples, Sample::heapMegabytes);
        Trend threads = Trend.of(samples, Sample::threads);
        Trend descriptors = Trend.of(samples, Sample::descriptors);
        double tables = samples.stream()
                .mapToDouble(sample -> Sample.megabytes(sample.jobs() + sample.claims() + sample.nodes()))
                .max()
                .orElseThrow();
        return String.format(
                Locale.ROOT,
                "heap after GC %.1f → %.1f MB, threads %.0f → %.0f, descriptors %.0f → %.0f,"
                        + " tables of jobs, claims and nodes at most %.1f MB",
                heap.early(),
                heap.late(),
                threads.early(),
                threads.late(),
                descriptors.early(),
                descriptors.late(),
                tables);
    }
}
