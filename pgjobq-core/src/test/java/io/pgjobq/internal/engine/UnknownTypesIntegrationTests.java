package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.CancelledJobs;
import io.pgjobq.JobFilter;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobState;
import io.pgjobq.MoveResult;
import io.pgjobq.MovedJobs;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.UnknownType;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs of a type that nobody knows wait, are reported, and can be moved or ended. */
@PostgresTest
class UnknownTypesIntegrationTests {

    private final TestDatabase database;

    UnknownTypesIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void empty() {
        database.execute("drop schema if exists pgjobq cascade");
    }

    private TestNode node() {
        TestNode node = TestNode.polling(database.pool(8));
        node.handle("work", TestNode.concurrency(4), TestNode.handler(String.class, (payload, context) -> payload));
        node.handle("other", TestNode.concurrency(4), TestNode.handler(byte[].class, (payload, context) -> "other"));
        return node.start();
    }

    private static List<SentJob<String>> sendUnknown(TestNode node, int count) {
        List<SentJob<String>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(node.sender().to("work").type("lost").send("lost " + i, String.class));
        }
        return sent;
    }

    private static List<String> results(List<SentJob<String>> sent) {
        return sent.stream().map(each -> each.completion(Duration.ofMinutes(1))).toList().stream()
                .map(each -> each.join().resultOrThrow())
                .toList();
    }

    private static String result(SentJob<String> sent) throws Exception {
        return sent.completion(Duration.ofMinutes(1)).get(60, TimeUnit.SECONDS).resultOrThrow();
    }

    @Test
    void theyWaitWhileTheOthersOfTheirQueueRunAreReportedOnceAndCostOneClaimAPoll() throws Exception {
        database.execute("alter database " + database.name() + " set track_functions = 'all'");
        try (LogLines log = LogLines.capture();
                TestNode node = node()) {
            List<SentJob<String>> lost = sendUnknown(node, 20);
            for (int i = 0; i < 50; i++) {
                assertThat(result(node.sender().to("work").send("known", String.class)))
                        .isEqualTo("known");
            }
            long first = lost.get(0).id();
            await().untilAsserted(() -> assertThat(log.with("jobs of type")).isNotEmpty());
            assertThat(node.jobs().unknownTypes("work")).containsExactly(new UnknownType("work", "lost", 20, first));
            assertThat(node.jobs().unknownTypes("other")).isEmpty();
            assertThatThrownBy(() -> node.jobs().unknownTypes("nowhere")).isInstanceOf(UnknownQueueException.class);
            long sweeps = calls("sweep");
            long claims = calls("claim");
            await().until(() -> calls("sweep") >= sweeps + 20);
            assertThat(calls("claim") - claims).isLessThanOrEqualTo(2 * (calls("sweep") - sweeps) + 2);
            assertThat(log.with("jobs of type"))
                    .singleElement()
                    .asString()
                    .contains(
                            "jobs of type 'lost', the first of them " + first + ", wait for a node that has a handler")
                    .contains("Jobs.changeTypeAll, moveAll or cancelAll");
            assertThat(node.jobs().find(first).orElseThrow().state()).isEqualTo(JobState.READY);
        }
    }

    private long calls(String function) {
        return database.queryOne(
                "select coalesce(sum(calls), 0) from pg_stat_user_functions where funcname = '" + function + "'",
                Long.class);
    }

    @Test
    void theyCanBeMovedToAnotherQueueOneByOneAndAllAtOnce() throws Exception {
        try (TestNode node = node()) {
            List<SentJob<String>> lost = sendUnknown(node, 1_100);
            SentJob<String> waiting = node.sender()
                    .to("work")
                    .type("lost")
                    .delay(Duration.ofHours(1))
                    .send("later", String.class);

            assertThat(node.jobs().move(lost.get(0).id(), "other")).isEqualTo(MoveResult.MOVED);
            assertThat(result(lost.get(0))).isEqualTo("other");
            assertThat(node.jobs().move(lost.get(0).id(), "other")).isEqualTo(MoveResult.UNKNOWN);
            assertThat(node.jobs().moveAll(JobFilter.queue("work").type("lost"), "other"))
                    .isEqualTo(new MovedJobs(1_100, 0, 0));
            assertThat(results(lost)).hasSize(1_100).containsOnly("other");
            assertThat(node.jobs().find(waiting.id()))
                    .hasValueSatisfying(job -> assertThat(job.queue()).isEqualTo("other"));
            assertThatThrownBy(() -> node.jobs().moveAll(JobFilter.queue("work"), "nowhere"))
                    .isInstanceOf(UnknownQueueException.class);
            assertThatThrownBy(() -> node.jobs().move(1, "nowhere")).isInstanceOf(UnknownQueueException.class);
        }
    }

    /** What is moved to the end of the line is met there no more: each is moved once, and they stay in their order. */
    @Test
    void allOfAQueueAreGivenATypeOnceAndStayInTheirOrder() throws Exception {
        try (TestNode node = node()) {
            List<SentJob<String>> lost = sendUnknown(node, 1_500);
            assertThat(node.jobs().changeTypeAll(JobFilter.queue("work"), "lost too"))
                    .isEqualTo(new MovedJobs(1_500, 0, 0));
            assertThat(database.queryOne(
                            "select array_agg(id order by seq) = array_agg(id order by id) from pgjobq.job",
                            Boolean.class))
                    .isTrue();
            assertThat(lost).hasSize(1_500);
            node.jobs().cancelAll(JobFilter.queue("work"), "");
        }
    }

    @Test
    void whereNoHandlerIsAllTypesAreUnknown() {
        try (TestNode node = node()) {
            node.pgJobQ().queues().create("elsewhere");
            long id =
                    node.sender().to("elsewhere").type("any").send(new byte[0]).id();
            assertThat(node.jobs().unknownTypes("elsewhere"))
                    .containsExactly(new UnknownType("elsewhere", "any", 1, id));
        }
    }

    @Test
    void theyCanBeGivenATypeThatHasAHandler() throws Exception {
        try (TestNode node = node()) {
            List<SentJob<String>> lost = sendUnknown(node, 1_100);
            SentJob<String> waiting = node.sender()
                    .to("work")
                    .type("lost")
                    .delay(Duration.ofHours(1))
                    .send("later", String.class);

            assertThat(node.jobs().changeType(lost.get(7).id(), "String")).isEqualTo(MoveResult.MOVED);
            assertThat(result(lost.get(7))).isEqualTo("lost 7");
            assertThat(node.jobs().changeTypeAll(JobFilter.queue("work").type("lost"), "String"))
                    .isEqualTo(new MovedJobs(1_100, 0, 0));
            assertThat(results(lost)).doesNotHaveDuplicates().hasSize(1_100).contains("lost 0", "lost 1099");
            assertThat(node.jobs().find(waiting.id())).hasValueSatisfying(job -> {
                assertThat(job.type()).isEqualTo("String");
                assertThat(job.state()).isEqualTo(JobState.SCHEDULED);
            });
            assertThat(node.jobs().unknownTypes("work")).isEmpty();
            assertThatIllegalArgumentException().isThrownBy(() -> node.jobs().changeType(1, ""));
        }
    }

    @Test
    void theyCanBeEnded() throws Exception {
        try (TestNode node = node()) {
            List<SentJob<String>> lost = sendUnknown(node, 10);
            SentJob<String> later = node.sender().to("work").type("lost@2").send("x", String.class);

            assertThat(node.jobs().cancelAll(JobFilter.queue("work").type("lost"), "nobody knows it"))
                    .isEqualTo(new CancelledJobs(11, 0));
            for (SentJob<String> each : lost) {
                assertThat(each.completion().get(30, TimeUnit.SECONDS)).isInstanceOf(JobOutcome.Cancelled.class);
            }
            assertThat(later.completion().get(30, TimeUnit.SECONDS)).isInstanceOf(JobOutcome.Cancelled.class);
        }
    }

    @Test
    void oneThatRunsStaysWhereItIs() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (TestNode node = TestNode.polling(database.pool(8))) {
            node.handle("work", TestNode.concurrency(1), TestNode.handler(String.class, (payload, context) -> {
                started.countDown();
                assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
                return payload;
            }));
            node.start();
            node.pgJobQ().queues().create("other");
            SentJob<String> sent = node.sender().to("work").send("here", String.class);
            assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();

            assertThat(node.jobs().move(sent.id(), "other")).isEqualTo(MoveResult.RUNNING);
            assertThat(node.jobs().moveAll(JobFilter.queue("work"), "other")).isEqualTo(new MovedJobs(0, 1, 0));
            go.countDown();
            assertThat(result(sent)).isEqualTo("here");
        }
    }
}
