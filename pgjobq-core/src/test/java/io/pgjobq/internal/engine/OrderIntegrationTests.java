package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.ContainerOptions;
import io.pgjobq.JobSender;
import io.pgjobq.SentJob;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Jobs of a queue and priority start in the order in which they were sent. */
@PostgresTest
class OrderIntegrationTests {

    private TestDatabase database;
    private String queue = "";
    private final BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void jobsStartInTheOrderInWhichTheyWereSentWhileMoreAreSent() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            handleOneByOne(node);
            node.start();
            for (int i = 0; i < 3_000; i += 3) {
                node.sender().send(queue, i);
                node.sender().sendAll(queue, List.of(i + 1, i + 2));
            }
            expect(IntStream.range(0, 3_000).boxed().toList());
        }
    }

    @Test
    void aMoreUrgentJobOvertakesWhatHasNotBeenTaken() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, TestNode.concurrency(1), TestNode.handler(Integer.class, (number, context) -> {
                first.countDown();
                sent.await();
                return seen.add(number);
            }));
            node.start();
            node.sender().sendAll(queue, List.of(1, 2, 3));
            assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
            node.sender().to(queue).priority(9).send(5);
            node.sender().to(queue).priority(0).send(0);
            node.sender().send(queue, 4);
            sent.countDown();
            expect(List.of(1, 0, 2, 3, 4, 5));
        }
    }

    @Test
    void aFloodOfUrgentJobsLetsTheLeastUrgentMoveWhereThatIsAskedFor() throws Exception {
        CountDownLatch moved = new CountDownLatch(20);
        try (TestNode node = TestNode.listening(database)) {
            TestOptions one = TestNode.concurrency(1);
            ContainerOptions shared = one.container().toBuilder()
                    .maxPrefetch(0)
                    .leastUrgentEvery(10)
                    .build();
            JobSender sender = node.sender();
            node.handle(
                    queue, new TestOptions(one.queue(), shared), TestNode.handler(Integer.class, (number, context) -> {
                        if (context.priority() == 9) {
                            moved.countDown();
                        } else if (moved.getCount() > 0) {
                            // For each that ends another one comes.
                            sender.to(queue).priority(0).send(number);
                        }
                        return seen.add(number);
                    }));
            node.start();
            sender.to(queue).priority(0).sendAll(IntStream.range(0, 50).boxed().toList());
            sender.to(queue)
                    .priority(9)
                    .sendAll(IntStream.range(100, 120).boxed().toList());

            assertThat(moved.await(60, TimeUnit.SECONDS)).isTrue();
        }
        long urgent = seen.stream().filter(number -> number < 100).count();
        assertThat(urgent).as("nine of ten").isGreaterThan(100);
    }

    @Test
    void jobsThatAreGivenBackKeepTheirPlace() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            WorkerContainer container = handleOneByOne(node);
            node.start();
            // Until it holds jobs beyond the one that runs, of which some are given back with each pause.
            node.sender().sendAll(queue, IntStream.range(0, 4_000).boxed().toList());
            List<Integer> started = new ArrayList<>();
            for (int i = 0; i < 4_000; i++) {
                Integer number = seen.poll(10, TimeUnit.SECONDS);
                started.add(number == null ? -1 : number);
                if (i % 500 == 0) {
                    container.pause();
                    await().until(() -> node.pgJobQ().queues().describe(queue).running() == 0);
                    container.resume();
                }
            }
            assertThat(started)
                    .containsExactlyElementsOf(IntStream.range(0, 4_000).boxed().toList());
        }
    }

    @Test
    void jobsThatAreRescuedKeepTheirPlace() throws Exception {
        try (TestNode node = TestNode.polling(database.dataSource()).start()) {
            node.pgJobQ().queues().create(queue);
            node.sender().sendAll(queue, List.of(1, 2, 3, 4));
            // A node that took the first three and died.
            database.execute("""
                    insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs)
                    select 1, 67108863, min(queue_id), 5, max(seq), array_agg(seq)
                    from (select * from pgjobq.job where queue_id = (
                        select id from pgjobq.queue where name = '%s') order by seq limit 3) j""".formatted(queue));
            handleOneByOne(node);
            List<Integer> started = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Integer number = seen.poll(10, TimeUnit.SECONDS);
                started.add(number == null ? -1 : number);
            }
            assertThat(started).filteredOn(number -> number < 4).containsExactly(1, 2, 3);
            assertThat(started).contains(4);
        }
    }

    @Test
    void aDelayedJobEntersTheLineWhenItIsDue() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, TestNode.concurrency(1), TestNode.handler(Integer.class, (number, context) -> {
                go.await();
                return seen.add(number);
            }));
            node.start();
            SentJob<Void> delayed =
                    node.sender().to(queue).delay(Duration.ofMillis(200)).send(2);
            node.sender().sendAll(queue, List.of(0, 1));
            await().until(() -> Boolean.TRUE.equals(
                    database.queryOne("select lane < 11 from pgjobq.job where id = ?", Boolean.class, delayed.id())));
            node.sender().send(queue, 3);
            go.countDown();
            expect(List.of(0, 1, 2, 3));
        }
    }

    private WorkerContainer handleOneByOne(TestNode node) {
        return node.handle(
                queue, TestNode.concurrency(1), TestNode.handler(Integer.class, (number, context) -> seen.add(number)));
    }

    private void expect(List<Integer> numbers) throws InterruptedException {
        List<Integer> started = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i++) {
            Integer number = seen.poll(10, TimeUnit.SECONDS);
            started.add(number == null ? -1 : number);
        }
        assertThat(started).containsExactlyElementsOf(numbers);
    }
}
