package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.DuplicateJobException;
import io.pgjobq.QueueOptions;
import io.pgjobq.SentJob;
import io.pgjobq.SentJob.Fate;
import io.pgjobq.Unique;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Jobs with a key are stored once, run once, and tell their senders which of them is there. */
@PostgresTest
@AlsoThroughPgBouncer
class UniqueJobsIntegrationTests {

    private final TestDatabase database;
    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();

    UniqueJobsIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void empty() {
        database.execute("drop schema if exists pgjobq cascade");
    }

    private TestNode node() {
        TestNode node = TestNode.listening(database);
        node.handle("work", TestNode.concurrency(4), TestNode.handler(String.class, (payload, context) -> {
            ran.add(payload);
            return payload;
        }));
        return node.start();
    }

    @Test
    void theSenderLearnsWhichJobIsThereAndCanWaitForIt() throws Exception {
        try (TestNode node = node()) {
            var spec = node.sender().to("work").unique(Unique.key("invoice-7"));
            SentJob<String> first = spec.delay(Duration.ofMillis(300)).send("a", String.class);
            SentJob<String> second = spec.send("b", String.class);
            assertThat(first.fate()).isEqualTo(Fate.NEW);
            assertThat(second.fate()).isEqualTo(Fate.KEPT);
            assertThat(second.id()).isEqualTo(first.id());
            assertThat(second.completion(Duration.ofSeconds(20)).get().resultOrThrow())
                    .isEqualTo("a");
            SentJob<String> third = spec.send("c", String.class);
            assertThat(third.fate()).isEqualTo(Fate.NEW);
            assertThat(third.completion(Duration.ofSeconds(20)).get().resultOrThrow())
                    .isEqualTo("c");
            assertThatThrownBy(() ->
                            node.sender().to("nowhere").unique(Unique.key("k")).send("x"))
                    .isInstanceOf(UnknownQueueException.class);
        }
    }

    @Test
    void ofManySendsTheLastOneCounts() throws Exception {
        try (TestNode node = node()) {
            var spec = node.sender()
                    .to("work")
                    .unique(Unique.key("page-1").untilStarted().orReplace())
                    .delay(Duration.ofMillis(500));
            for (int i = 0; i < 20; i++) {
                spec.send("version " + i);
            }
            assertThat(ran.poll(20, TimeUnit.SECONDS)).isEqualTo("version 19");
            assertThat(spec.delay(Duration.ZERO).send("version 20").fate()).isEqualTo(Fate.NEW);
            assertThat(ran.poll(20, TimeUnit.SECONDS)).isEqualTo("version 20");
        }
    }

    @Test
    void aDuplicateIsRefusedAndNothingOfItsCallIsStored() {
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        try (TestNode node = TestNode.listening(database)) {
            node.handle("work", String.class, (payload, context) -> null);
            node.start();
            var later = node.sender()
                    .to("work")
                    .delay(Duration.ofHours(1))
                    .uniqueBy(payload -> Unique.key(payload.toString()).orRefuse());
            long id = later.send("a").id();
            assertThatThrownBy(() -> later.sendAll(List.of("b", "a", "c")))
                    .isInstanceOfSatisfying(
                            DuplicateJobException.class,
                            refused -> assertThat(refused.id()).isEqualTo(id))
                    .hasMessage("queue 'work': job " + id + " has the key 'a'");
            transaction.executeWithoutResult(status -> {
                later.send("d");
                assertThatThrownBy(() -> later.sendAll(List.of("e", "a"))).isInstanceOf(DuplicateJobException.class);
            });
            assertThat(database.queryOne(
                            "select string_agg(unique_key, ' ' order by unique_key) from pgjobq.job", String.class))
                    .isEqualTo("a d");
            assertThatThrownBy(() -> node.sender()
                            .to("work")
                            .uniqueBy(payload -> payload.equals("x")
                                    ? Unique.key("x")
                                    : Unique.key("y").untilStarted())
                            .sendAll(List.of("x", "y")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be taken alike");
        }
    }

    @Test
    void twoSendersOfTenThousandInOppositeOrderDoNotWaitForEachOtherForEver() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.pgJobQ().declareQueue("idle", QueueOptions.DEFAULT);
            node.start();
            List<String> up =
                    IntStream.range(0, 10_000).mapToObj(Integer::toString).toList();
            List<String> down = new ArrayList<>(up);
            Collections.reverse(down);
            CountDownLatch go = new CountDownLatch(1);
            List<CompletableFuture<Long>> senders = List.of(up, down).stream()
                    .map(payloads -> CompletableFuture.supplyAsync(() -> {
                        try {
                            go.await();
                        } catch (InterruptedException ex) {
                            throw new IllegalStateException(ex);
                        }
                        return node
                                .sender()
                                .to("idle")
                                .uniqueBy(payload -> Unique.key(payload.toString()))
                                .sendAll(payloads)
                                .stream()
                                .filter(job -> job.fate() == Fate.NEW)
                                .count();
                    }))
                    .toList();
            go.countDown();
            long made = 0;
            for (CompletableFuture<Long> sender : senders) {
                made += sender.get(60, TimeUnit.SECONDS);
            }
            assertThat(made).isEqualTo(10_000);
            assertThat(database.queryOne("select count(distinct unique_key) from pgjobq.job", Long.class))
                    .isEqualTo(10_000);
        }
    }
}
