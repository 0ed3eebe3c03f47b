package io.pgjobq.reliability.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** 2,000 jobs/s, with the server's own settings: the tables that jobs pass through stay small. */
@Tag("steady")
class SteadyTablesIntegrationTests {

    private static final String SCENARIO = "steady";

    /** Another length in minutes may be given as {@code reliability.soak.minutes}. */
    private static final Duration LENGTH =
            Duration.ofMinutes(Integer.getInteger("reliability.soak.minutes", Form.pick(1, 60)));

    private static final int PER_SECOND = 2_000;

    /** Documented in docs/reliability.md: about twice what two rounds of autovacuum leave. */
    private static final long TABLES_MEGABYTES = 100;

    private static final String SIZE = """
            select sum(pg_total_relation_size(t::regclass)) / 1024 / 1024
            from unnest(array['pgjobq.job', 'pgjobq.claim', 'pgjobq.node', 'pgjobq.queue']) t""";

    @Test
    void theTablesStaySmallAtTwoThousandJobsASecond() throws Exception {
        try (Stage stage = Stage.set(SCENARIO)) {
            stage.worker("worker").awaitReady();
            Load load = stage.load();
            List<Double> sizes = new ArrayList<>();
            long start = System.nanoTime();
            load.start(PER_SECOND, Task.of(Duration.ZERO), Queues.BARE);
            await("the end of the load")
                    .atMost(LENGTH.multipliedBy(2))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        sizes.add(stage.server()
                                .database()
                                .sql(SIZE)
                                .query(Double.class)
                                .single());
                        return System.nanoTime() - start >= LENGTH.toNanos();
                    });
            load.stop();
            stage.awaitDrained(Duration.ofMinutes(2));
            long ended = stage.books().count("select count(*) from pgjobq.finished_job");
            double largest = sizes.stream().mapToDouble(size -> size).max().orElseThrow();
            stage.report(
                    LENGTH.toMinutes() + " minutes of " + PER_SECOND + " jobs/s",
                    stage.audit().assertAllSucceeded(),
                    String.format(Locale.ROOT, "tables of jobs, claims, nodes and queues at most %.0f MB", largest));
            assertThat(load.failures()).isEmpty();
            assertThat(ended).as("jobs ended").isGreaterThan(LENGTH.toSeconds() * PER_SECOND * 9 / 10);
            assertThat(largest).as("MB of the tables").isLessThan(TABLES_MEGABYTES);
        }
    }
}
