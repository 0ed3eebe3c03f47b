package io.pgjobq.reliability.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.reliability.harness.Audit;
import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import java.time.Duration;
import java.util.Locale;

/**
 * Workers that are kept busy while something else keeps the server from removing dead rows. The promise is that what a job
 * costs grows neither with dead rows nor with the age of somebody's snapshot.
 */
final class HeldSnapshot {

    private static final Duration WARM_UP = Form.pick(Duration.ofSeconds(12), Duration.ofSeconds(30));
    private static final Duration BEFORE = Form.pick(Duration.ofSeconds(10), Duration.ofMinutes(1));
    static final Duration DURING = Form.pick(Duration.ofSeconds(27), Duration.ofMinutes(5));
    private static final Duration AFTER = Form.pick(Duration.ofSeconds(12), Duration.ofMinutes(2));

    // What a job costs is the pages that are looked at for it: a count that nothing else on the machine changes. Time,
    // the processors' too, differs in the seconds of the short form by more than what is looked for.
    private static final double MOST_PAGES = 1.25;
    private static final double LEAST_DURING = Form.pick(0.2, 0.6);
    private static final double MOST_COST_DURING = Form.pick(2.0, 1.25);
    // In the long form vacuum catches up with what has died meanwhile, which is to be paid once.
    private static final double MOST_COST_AFTER = 2.0;
    private static final double LEAST_AFTER = Form.pick(0.2, 0.7);

    /** Puts on what keeps dead rows from being removed; closing takes it away. */
    interface Burden {
        AutoCloseable put(Stage stage) throws Exception;
    }

    private HeldSnapshot() {}

    static void endure(String scenario, String title, String done, Burden burden) throws Exception {
        try (Stage stage = Stage.set(scenario)) {
            Sampler sampler = Sampler.on(stage, scenario);
            Load load = stage.load();
            sampler.worker("one").awaitReady();
            sampler.worker("two").awaitReady();
            Saturation saturation = stage.add(Saturation.of(load, Queues.BARE));
            load.start(25, Task.of(Duration.ZERO), Queues.TRANSFER);
            sampler.start();
            sampler.pass(WARM_UP);
            sampler.phase("before", BEFORE);
            try (AutoCloseable burdened = burden.put(stage)) {
                sampler.phase("during", DURING);
            }
            sampler.phase("after", AFTER);
            sampler.end();
            load.stop();
            saturation.stop();
            stage.awaitDrained(Duration.ofMinutes(1));

            Course course = sampler.course(Queues.TRANSFER, 5);
            Audit audit = stage.audit();
            PressureTable.put(scenario, course);
            Plot.draw(scenario, title, course);
            stage.report(done, audit, ratios(course));
            assertThat(load.failures()).isEmpty();
            audit.assertAllSucceeded();
            assertEndured(course);
        }
    }

    private static String ratios(Course course) {
        double before = course.throughput(course.phase("before"));
        double cost = course.cpuPerJob(course.phase("before"), false);
        double pages = course.pagesPerJob(course.phase("before"), false);
        return String.format(
                Locale.ROOT,
                "of before, at the end of the time during / after: throughput %.2f / %.2f, CPU a job %.2f / %.2f, pages a job %.2f / %.2f",
                course.throughputAtEnd(course.phase("during")) / before,
                course.throughputAtEnd(course.phase("after")) / before,
                course.cpuPerJob(course.phase("during"), true) / cost,
                course.cpuPerJob(course.phase("after"), true) / cost,
                course.pagesPerJob(course.phase("during"), true) / pages,
                course.pagesPerJob(course.phase("after"), true) / pages);
    }

    private static void assertEndured(Course course) {
        Phase before = course.phase("before");
        Phase during = course.phase("during");
        Phase after = course.phase("after");
        assertThat(Course.most(course, during, Reading::deadJobs))
                .as("dead rows: the pressure is real")
                .isGreaterThan(0.5 * course.throughput(during) * DURING.toSeconds());
        assertThat(course.pagesPerJob(during, true))
                .as("pages a job in the last third")
                .isLessThan(MOST_PAGES * course.pagesPerJob(before, false));
        assertThat(course.pagesPerJob(after, true))
                .as("pages a job after")
                .isLessThan(MOST_PAGES * course.pagesPerJob(before, false));
        assertThat(course.cpuPerJob(during, true))
                .as("CPU a job in the last third, µs")
                .isLessThan(MOST_COST_DURING * course.cpuPerJob(before, false));
        assertThat(course.cpuPerJob(after, true))
                .as("CPU a job after, µs")
                .isLessThan(MOST_COST_AFTER * course.cpuPerJob(before, false));
        assertThat(course.throughputAtEnd(during))
                .as("throughput in the last third")
                .isGreaterThan(LEAST_DURING * course.throughput(before));
        assertThat(course.throughputAtEnd(after))
                .as("throughput after")
                .isGreaterThan(LEAST_AFTER * course.throughput(before));
        assertThat(during.mean("claim")).as("milliseconds a claim").isLessThan(3 * before.mean("claim") + 1);
        assertThat(Course.quantile(
                        course.starts(),
                        during.lastThirdFrom(),
                        during.end().at().toEpochSecond(),
                        0.5))
                .as("median start latency in the last third, ms")
                .isLessThan(3 * Course.quantile(course.starts(), before, 0.5) + 50);
    }
}
