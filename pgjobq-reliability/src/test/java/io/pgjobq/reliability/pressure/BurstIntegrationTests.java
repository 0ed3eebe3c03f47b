package io.pgjobq.reliability.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.reliability.harness.Audit;
import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pressure 4: a hundred thousand jobs at once, in one transaction and in a hundred, beside jobs that are in a hurry. */
@Tag("alone")
class BurstIntegrationTests {

    private static final String SCENARIO = "pressure-4-bursts";
    private static final int BURST = 100_000;
    private static final int MANY = 100;
    private static final int ROUNDS = Form.pick(1, 4);
    private static final int URGENT = 0;
    private static final int NORMAL = 5;
    private static final int URGENT_EVERY_MILLIS = 100;
    private static final Duration QUIET = Form.pick(Duration.ofSeconds(6), Duration.ofSeconds(30));

    /** What a burst took: to be sent, and to be worked off after that; and the notifications meanwhile. */
    private record Burst(String how, double sent, double drained, long notifications) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s sent in %.1f s, worked off %.1f s later, %d notifications",
                    how,
                    sent,
                    drained,
                    notifications);
        }
    }

    @Test
    void burstsAreWorkedOffWhileUrgentJobsAndOtherQueuesGoOn() throws Exception {
        try (Stage stage = Stage.set(SCENARIO)) {
            Sampler sampler = Sampler.on(stage, SCENARIO);
            Load load = stage.load();
            sampler.worker("one").awaitReady();
            sampler.worker("two").awaitReady();
            Notifications notifications =
                    stage.add(Notifications.on(stage.server().url()));
            load.start(25, Task.of(Duration.ZERO), Queues.TRANSFER);
            ScheduledExecutorService urgent = urgentJobs(stage, load);
            sampler.start();
            sampler.phase("quiet", QUIET);
            List<Burst> bursts = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                sampler.phase("1 × 100,000");
                bursts.add(
                        burst("at once", stage, notifications, () -> load.send(Queues.BARE, NORMAL, nothing(), BURST)));
                sampler.phase("100 × 1,000");
                bursts.add(burst("in " + MANY, stage, notifications, () -> {
                    for (int i = 0; i < MANY; i++) {
                        load.send(Queues.BARE, NORMAL, nothing(), BURST / MANY);
                    }
                }));
            }
            sampler.phase("quiet again", QUIET);
            sampler.end();
            urgent.shutdown();
            assertThat(urgent.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            load.stop();
            stage.awaitDrained(Duration.ofMinutes(1));

            List<Course.Timed> others = sampler.course(Queues.TRANSFER, NORMAL).starts();
            Course course = sampler.course(Queues.BARE, URGENT);
            Audit audit = stage.audit();
            PressureTable.put(SCENARIO, course);
            Plot.draw(
                    SCENARIO,
                    "Two workers and bursts of 100,000 jobs; the start latency is that of urgent jobs",
                    course);
            stage.report(
                    ROUNDS + " times 100,000 jobs in one transaction and in " + MANY,
                    audit,
                    told(bursts, course, others));
            assertThat(load.failures()).isEmpty();
            audit.assertAllSucceeded();
            assertUrgentOnesWentOn(course, others);
            assertThat(bursts)
                    .allSatisfy(burst -> assertThat(burst.notifications)
                            .as(burst.how + ": notifications")
                            .isLessThan(BURST / 20));
        }
    }

    private static Task nothing() {
        return Task.of(Duration.ZERO);
    }

    private static ScheduledExecutorService urgentJobs(Stage stage, Load load) {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        stage.add((AutoCloseable) clock::shutdownNow);
        clock.scheduleAtFixedRate(
                () -> load.send(Queues.BARE, URGENT, nothing(), 1), 0, URGENT_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return clock;
    }

    private static Burst burst(String how, Stage stage, Notifications notifications, Runnable send) {
        long before = notifications.count();
        long began = System.nanoTime();
        send.run();
        long sent = System.nanoTime();
        await("the burst to be worked off")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(250))
                .until(() -> stage.books().waiting() < 100);
        return new Burst(how, (sent - began) / 1e9, (System.nanoTime() - sent) / 1e9, notifications.count() - before);
    }

    private static String told(List<Burst> bursts, Course course, List<Course.Timed> others) {
        long from = course.phases().get(1).start().at().toEpochSecond();
        long to = course.phases().get(2 * ROUNDS).end().at().toEpochSecond();
        return String.format(
                Locale.ROOT,
                "%s; meanwhile urgent jobs started after %.0f ms (p99 %.0f), those of another queue after %.0f (%.0f)",
                String.join("; ", bursts.stream().map(Burst::toString).toList()),
                Course.quantile(course.starts(), from, to, 0.5),
                Course.quantile(course.starts(), from, to, 0.99),
                Course.quantile(others, from, to, 0.5),
                Course.quantile(others, from, to, 0.99));
    }

    private static void assertUrgentOnesWentOn(Course course, List<Course.Timed> others) {
        for (Phase phase : course.phases().subList(1, 1 + 2 * ROUNDS)) {
            assertThat(Course.quantile(course.starts(), phase, 0.5))
                    .as("median start latency of urgent jobs, ms")
                    .isLessThan(500);
            assertThat(Course.quantile(others, phase, 0.5))
                    .as("median start latency of another queue, ms")
                    .isLessThan(500);
        }
    }
}
