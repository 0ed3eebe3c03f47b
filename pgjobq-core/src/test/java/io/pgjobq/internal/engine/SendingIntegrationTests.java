package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.JobOutcome;
import io.pgjobq.JobSender;
import io.pgjobq.JobType;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
class SendingIntegrationTests {

    private TestDatabase database;
    private String queue = "";

    record Greeting(String name) {}

    record Poison(int number) {}

    /** Refers to itself. */
    static final class Endless {

        public Endless getSelf() {
            return this;
        }
    }

    /** Can't be read. */
    static final class Refusing {

        public String getName() {
            throw new IllegalStateException("no name");
        }
    }

    private static final String TEN = "0123456789";
    private static final String FIFTY = TEN + TEN + TEN + TEN + TEN;

    @JobType(FIFTY + FIFTY + FIFTY + FIFTY)
    record JustShort(int number) {}

    @JobType(FIFTY + FIFTY + FIFTY + FIFTY + "0")
    record TooLong(int number) {}

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void aJobIsRunAndItsResultReachesTheSender() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, Greeting.class, (greeting, context) -> "Hello " + greeting.name());
            node.start();
            for (int i = 0; i < 20; i++) {
                SentJob<String> sent = node.sender().to(queue).send(new Greeting("Ada"), String.class);
                assertThat(outcome(sent).resultOrThrow()).isEqualTo("Hello Ada");
            }
        }
    }

    @Test
    void anUnknownQueueIsRefused() {
        try (TestNode node = TestNode.listening(database).start()) {
            long before = jobs();
            JobSender.Spec spec = node.sender().to("nobody-made-this");
            assertThatThrownBy(() -> spec.send(1))
                    .isInstanceOf(UnknownQueueException.class)
                    .hasMessageContaining("nobody-made-this");
            assertThatThrownBy(() -> spec.delay(Duration.ofHours(1)).sendAll(List.of(1, 2)))
                    .isInstanceOf(UnknownQueueException.class);
            assertThat(jobs()).isEqualTo(before);
        }
    }

    @Test
    void aPayloadThatCantBeWrittenFailsInTheCaller() {
        try (TestNode node = TestNode.listening(database).start()) {
            node.pgJobQ().queues().create(queue);
            JobSender.Spec spec = node.sender().to(queue);
            for (Object payload : List.of(new Endless(), new Refusing())) {
                assertThatThrownBy(() -> spec.send(payload)).isInstanceOf(PayloadConversionException.class);
                assertThatThrownBy(() -> spec.sendAll(List.of(1, payload)))
                        .isInstanceOf(PayloadConversionException.class);
            }
            List<Object> withNull = new ArrayList<>(List.of(1));
            withNull.add(null);
            assertThatThrownBy(() -> spec.sendAll(withNull)).isInstanceOf(PayloadConversionException.class);
            assertThat(jobs()).isZero();
        }
    }

    @Test
    void aTypeWhoseNameIsTooLongIsRefusedInTheCaller() {
        try (TestNode node = TestNode.polling(database.dataSource()).start()) {
            node.pgJobQ().queues().create(queue);
            assertThatThrownBy(() -> node.sender().sendAll(queue, List.of(new JustShort(1), new TooLong(2))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("queue '" + queue + "': the type of a ")
                    .hasMessageContaining("TooLong must have at most 200 characters, but has 201");
            node.sender().send(queue, new JustShort(3));
        }
        assertThat(database.queryOne("select count(*) from pgjobq.job where length(type) = 200", Long.class))
                .isEqualTo(1);
    }

    @Test
    void tenThousandJobsAreSentInOneCallAndStartInTheirOrder() throws Exception {
        List<Integer> numbers = IntStream.range(0, 10_000).boxed().toList();
        BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    queue,
                    TestNode.concurrency(1),
                    TestNode.handler(Integer.class, (number, context) -> seen.add(number)));
            node.start();
            List<SentJob<Void>> sent = node.sender().sendAll(queue, numbers);
            assertThat(sent).extracting(SentJob::id).isSorted().doesNotHaveDuplicates();
            for (int number : numbers) {
                assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(number);
            }
            assertThat(node.sender().sendAll(queue, List.of())).isEmpty();
        }
    }

    @Test
    void aCallThatTakesSeveralStatementsStoresAllOrNothing() {
        try (TestNode node = TestNode.listening(database).start()) {
            node.pgJobQ().queues().create(queue);
            database.execute("""
                    create function refuse() returns trigger language plpgsql
                    as $$ begin raise 'refused' using errcode = '22000'; end $$;
                    create trigger poison before insert on pgjobq.job for each row when (new.type = 'Poison')
                    execute function refuse()""");
            List<Object> payloads =
                    new ArrayList<>(IntStream.range(0, 25_000).boxed().toList());
            assertThat(node.sender().sendAll(queue, payloads)).hasSize(25_000);
            assertThat(jobs()).isEqualTo(25_000);
            payloads.set(24_999, new Poison(1));
            assertThatThrownBy(() -> node.sender().sendAll(queue, payloads)).hasStackTraceContaining("refused");
            assertThat(jobs()).isEqualTo(25_000);
        } finally {
            database.execute("drop function if exists refuse cascade; truncate pgjobq.job");
        }
    }

    @Test
    void aDelayedJobStartsWhenItIsDueAndNotBefore() throws Exception {
        BlockingQueue<Instant> sentAt = new LinkedBlockingQueue<>();
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, Integer.class, (number, context) -> sentAt.add(context.sentAt()));
            node.start();
            Instant instant = Instant.now().plusMillis(400);
            SentJob<Void> at = node.sender().to(queue).at(instant).send(1);
            assertThat(started(at)).isBetween(instant, instant.plusSeconds(5));
            sentAt.clear();
            SentJob<Void> delayed =
                    node.sender().to(queue).delay(Duration.ofMillis(300)).send(2);
            Instant due = started(delayed);
            assertThat(Duration.between(sentAt.take(), due)).isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
            SentJob<Void> last = node.sender()
                    .to(queue)
                    .delay(Duration.ofMillis(300))
                    .sendAll(List.of(3, 4))
                    .get(1);
            Instant dueTogether = started(last);
            assertThat(Duration.between(sentAt.take(), dueTogether)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        }
    }

    @Test
    void aTimeThatIsOverMeansAtOnce() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, Integer.class, (number, context) -> number);
            node.start();
            JobSender.Spec spec = node.sender().to(queue);
            assertThat(outcome(spec.at(Instant.MIN).send(1))).isInstanceOf(JobOutcome.Succeeded.class);
            assertThat(outcome(spec.delay(Duration.ofDays(-1)).send(1))).isInstanceOf(JobOutcome.Succeeded.class);
            assertThat(outcome(
                            spec.delay(Duration.ofDays(1)).delay(Duration.ZERO).send(1)))
                    .isInstanceOf(JobOutcome.Succeeded.class);
        }
    }

    @Test
    void urgentJobsStartFirst() throws Exception {
        BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        try (TestNode node = TestNode.listening(database).start()) {
            node.pgJobQ().queues().create(queue);
            List<Integer> priorities = new ArrayList<>(
                    IntStream.range(0, 50).map(i -> i % 10).boxed().toList());
            Collections.shuffle(priorities);
            priorities.forEach(
                    priority -> node.sender().to(queue).priority(priority).send(priority));
            node.handle(
                    queue,
                    TestNode.concurrency(1),
                    TestNode.handler(Integer.class, (number, context) -> seen.add(context.priority())));
            for (int i = 0; i < 50; i++) {
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(i / 5);
            }
            assertThatThrownBy(() -> node.sender().to(queue).priority(10)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void attributesArriveAsTheyWereSent() throws Exception {
        Map<String, String> attributes = Map.of(
                "tenant", "acme",
                "žluťoučký kůň", "😀 \"quoted\" \\ and\na line",
                "a.b[0]", "",
                "{}", "null",
                "\u0001", "\u2028\uFFFF");
        BlockingQueue<Map<String, String>> seen = new LinkedBlockingQueue<>();
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, Integer.class, (number, context) -> seen.add(context.attributes()));
            node.start();
            JobSender.Spec spec = node.sender().to(queue);
            spec.attributes(attributes).send(1);
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(attributes);
            spec.attribute("one", "1").attribute("two", "2").sendAll(List.of(1));
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(Map.of("one", "1", "two", "2"));
            spec.send(1);
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEmpty();
            for (String bad : List.of("a\0b", "\uD83D", "\uDE00x")) {
                assertThatThrownBy(() -> spec.attribute("x", bad)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> spec.attribute(bad, "x")).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void rawBytesArriveAsTheyWereSent() throws Exception {
        byte[] bytes = new byte[3_000_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, byte[].class, (payload, context) -> payload);
            node.start();
            assertThat(outcome(node.sender().to(queue).send(bytes, byte[].class))
                            .resultOrThrow())
                    .isEqualTo(bytes);
            assertThat(outcome(node.sender().to(queue).type("picture").send(new byte[0], byte[].class))
                            .resultOrThrow())
                    .isEmpty();
        }
    }

    private long jobs() {
        Long count = database.queryOne("select count(*) from pgjobq.job", Long.class);
        return count == null ? -1 : count;
    }

    private static <R> JobOutcome<R> outcome(SentJob<R> sent) throws Exception {
        return sent.completion().get(20, TimeUnit.SECONDS);
    }

    private static Instant started(SentJob<?> sent) throws Exception {
        return ((JobOutcome.Succeeded<?>) outcome(sent)).startedAt();
    }
}
