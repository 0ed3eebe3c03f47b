package io.pgjobq.reliability.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Chaos 2: connections are terminated, five a second, the listening ones among them. */
class TerminatedConnectionsIntegrationTests {

    private static final Duration FOR = Form.pick(Duration.ofSeconds(15), Duration.ofSeconds(60));
    private static final int A_SECOND = 5;

    /** Of the workers' and of the sender's; those of the pools, at random. */
    private static final String ANY =
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app' order by random() limit 1";

    /** Known by the lock that a node holds on its own connection. */
    private static final String LISTENING = """
            select pg_terminate_backend(pid) from pg_locks
            where locktype = 'advisory' and classid = 'pgjobq.node'::regclass::oid order by random() limit 1""";

    @Test
    void jobsGoOnWhileConnectionsAreTerminated() throws Exception {
        try (Stage stage = Stage.set("chaos-2-terminated-connections")) {
            Load load = stage.load();
            List<Worker> workers = List.of(stage.worker("first"), stage.worker("second"));
            workers.forEach(Worker::awaitReady);
            load.start(150, Task.of(Duration.ofMillis(30)), Queues.PLAIN, Queues.TRANSFER);
            OffsetDateTime began = stage.books().now();
            long[] terminated = terminate(stage.server().database());
            long meanwhile = stage.books().finished();
            OffsetDateTime over = stage.books().now();
            stage.books().note(null, "connections terminated", began);
            Duration recovery = stage.books().awaitStartsOf(workers, over);
            load.stop();
            stage.awaitDrained(Duration.ofMinutes(2));

            stage.report(
                    terminated[0] + " connections terminated in " + FOR.toSeconds() + " s, " + terminated[1]
                            + " listening ones among them",
                    stage.audit().assertAllSucceeded(),
                    meanwhile + " jobs ended meanwhile; both workers start jobs " + recovery.toMillis()
                            + " ms after the last");
            assertThat(meanwhile).isGreaterThan(FOR.toSeconds() * 50);
            assertThat(terminated[0]).isGreaterThan(FOR.toSeconds() * A_SECOND / 2);
            assertThat(terminated[1]).isPositive();
            assertThat(recovery).isLessThan(Duration.ofSeconds(10));
            workers.forEach(worker ->
                    assertThat(worker.logged("declared dead")).as(worker.name()).isEmpty());
        }
    }

    /** Returns how many connections were terminated, and how many of them were listening. */
    private static long[] terminate(JdbcClient database) throws InterruptedException {
        AtomicLong all = new AtomicLong();
        AtomicLong listening = new AtomicLong();
        CountDownLatch enough = new CountDownLatch((int) FOR.toSeconds() * A_SECOND);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try {
            clock.scheduleAtFixedRate(
                    () -> {
                        boolean listener = enough.getCount() % A_SECOND == 0;
                        int hit = database.sql(listener ? LISTENING : ANY)
                                .query(Boolean.class)
                                .list()
                                .size();
                        all.addAndGet(hit);
                        listening.addAndGet(listener ? hit : 0);
                        enough.countDown();
                    },
                    0,
                    1_000 / A_SECOND,
                    TimeUnit.MILLISECONDS);
            assertThat(enough.await(FOR.toSeconds() * 3, TimeUnit.SECONDS)).isTrue();
        } finally {
            clock.shutdownNow();
        }
        return new long[] {all.get(), listening.get()};
    }
}
