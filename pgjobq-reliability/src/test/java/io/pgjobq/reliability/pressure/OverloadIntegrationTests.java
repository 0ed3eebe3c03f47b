package io.pgjobq.reliability.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.reliability.harness.Audit;
import io.pgjobq.reliability.harness.Books;
import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pressure 2: one and a half times as many jobs as the workers can do, then few again. */
@Tag("alone")
class OverloadIntegrationTests {

    private static final String SCENARIO = "pressure-2-overload";
    private static final Duration NORMAL = Form.pick(Duration.ofSeconds(8), Duration.ofMinutes(1));
    private static final Duration OVERLOAD = Form.pick(Duration.ofSeconds(18), Duration.ofMinutes(3));

    /** The handlers wait, so that their number decides what can be done, and not how busy the machine is. */
    private static final Task TASK = Task.of(Duration.ofMillis(50));

    private static final int FEW = 40;
    private static final double MOST_GROWTH_MEGABYTES = 16;

    @Test
    void overloadCostsNoThroughputAndIsWorkedOff() throws Exception {
        try (Stage stage = Stage.set(SCENARIO)) {
            Sampler sampler = Sampler.on(stage, SCENARIO);
            Load load = stage.load();
            List<Worker> workers = List.of(sampler.worker("one"), sampler.worker("two"));
            workers.forEach(Worker::awaitReady);
            sampler.start();
            double capacity = capacity(stage, sampler, load);

            load.start((int) (0.5 * capacity), TASK, Queues.PLAIN);
            sampler.phase("half load", NORMAL);
            double heapBefore = heap(workers);
            load.stop();
            load.start((int) (1.5 * capacity), TASK, Queues.PLAIN);
            sampler.phase("1.5 times what is possible", OVERLOAD);
            double heapDuring = heap(workers);
            load.stop();
            load.start((int) (0.5 * capacity), TASK, Queues.PLAIN);
            sampler.phase("half load, working off");
            awaitFew(stage.books());
            sampler.phase("worked off", NORMAL);
            sampler.end();
            load.stop();
            stage.awaitDrained(Duration.ofMinutes(1));

            Course course = sampler.course(Queues.PLAIN, 5);
            Audit audit = stage.audit();
            PressureTable.put(SCENARIO, course);
            Plot.draw(SCENARIO, "Two workers, 10 jobs of 50 ms at once each, under too many jobs", course);
            stage.report(
                    String.format(Locale.ROOT, "1.5 times %.0f jobs/s for %d s", capacity, OVERLOAD.toSeconds()),
                    audit,
                    told(course, capacity, heapBefore, heapDuring));
            assertThat(load.failures()).isEmpty();
            audit.assertAllSucceeded();
            assertWorkedOff(course, capacity);
            assertThat(heapDuring).as("heap in use, MB").isLessThan(heapBefore + MOST_GROWTH_MEGABYTES);
        }
    }

    /** How many jobs a second end while more than enough are waiting. */
    private static double capacity(Stage stage, Sampler sampler, Load load) {
        load.send(Queues.PLAIN, TASK, 4_000);
        sampler.pass(Duration.ofSeconds(2));
        long from = System.nanoTime();
        long finished = stage.books().finished();
        sampler.pass(Duration.ofSeconds(4));
        double seconds = (System.nanoTime() - from) / 1e9;
        double capacity = (stage.books().finished() - finished) / seconds;
        stage.awaitDrained(Duration.ofMinutes(1));
        return capacity;
    }

    private static void awaitFew(Books books) {
        await("the backlog to be worked off")
                .atMost(OVERLOAD.multipliedBy(3))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> books.waiting() < FEW);
    }

    private static double heap(List<Worker> workers) {
        return workers.stream().mapToDouble(Heap::megabytesInUse).max().orElseThrow();
    }

    private static String told(Course course, double capacity, double heapBefore, double heapDuring) {
        Phase overload = course.phases().get(1);
        Phase working = course.phases().get(2);
        return String.format(
                Locale.ROOT,
                "throughput in overload %.2f of what is possible; worked off in %d s; heap in use %.0f MB before, %.0f in overload",
                course.throughput(overload) / capacity,
                working.end().at().toEpochSecond() - working.start().at().toEpochSecond(),
                heapBefore,
                heapDuring);
    }

    private static void assertWorkedOff(Course course, double capacity) {
        Phase normal = course.phases().get(0);
        Phase overload = course.phases().get(1);
        Phase after = course.phases().get(3);
        assertThat(Course.quantile(course.starts(), overload, 0.99))
                .as("start latency in overload, ms: it is one")
                .isGreaterThan(1_000);
        assertThat(course.throughput(overload)).as("throughput in overload").isGreaterThan(0.8 * capacity);
        assertThat(Course.quantile(course.starts(), after, 0.5))
                .as("start latency after, ms")
                .isLessThan(3 * Course.quantile(course.starts(), normal, 0.5) + 20);
    }
}
