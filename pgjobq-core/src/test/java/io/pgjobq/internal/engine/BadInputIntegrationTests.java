package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.Handler;
import io.pgjobq.HistoryRetention;
import io.pgjobq.JobContext;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobSender;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.convert.TypeName;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.RandomValues;
import io.pgjobq.test.TestDatabase;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Whatever is sent is refused in the caller, with nothing stored, or reaches the handler as it was. */
@PostgresTest
class BadInputIntegrationTests {

    private static final int CASES = 4_000;

    private TestDatabase database;
    private String queue = "";

    record Anything(
            @Nullable String text,
            long number,
            double floating,
            @Nullable BigDecimal decimal,
            List<String> list,
            Map<String, Boolean> map) {}

    record Sending(
            String queue,
            @Nullable String type,
            Map<String, String> attributes,
            int priority,
            long delay,
            Object payload) {}

    record Arrived(@Nullable Object payload, String type, Map<String, String> attributes, int priority) {}

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
        database.execute("alter database " + database.name() + " set synchronous_commit = off");
    }

    @Test
    void whateverIsSentIsRefusedInTheCallerOrArrivesAsItWas() {
        RandomValues values = RandomValues.ofThisRun();
        Map<Long, Arrived> arrived = new ConcurrentHashMap<>();
        Map<Long, Sending> accepted = new ConcurrentHashMap<>();
        List<RuntimeException> refusals = new ArrayList<>();
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, TestNode.worker(10, 1, HistoryRetention.DEFAULT), anything(Anything.class, arrived));
            node.start();
            for (int i = 0; i < CASES; i++) {
                Sending sending = sending(values);
                try {
                    accepted.put(send(node.sender(), sending).id(), sending);
                } catch (RuntimeException ex) {
                    refusals.add(ex);
                }
            }
            await(values.toString()).atMost(Duration.ofSeconds(60)).until(() -> left() == 0);
        }
        assertThat(refusals).as("%s", values).hasSizeGreaterThan(CASES / 10).allSatisfy(ex -> {
            assertThat(ex)
                    .isInstanceOfAny(
                            IllegalArgumentException.class,
                            UnknownQueueException.class,
                            PayloadConversionException.class);
            assertThat(ex.getMessage()).startsWith("queue '").hasSizeLessThan(1_000);
        });
        assertThat(accepted).as("%s", values).hasSizeGreaterThan(CASES / 10);
        assertThat(arrived.keySet()).as("%s", values).isEqualTo(accepted.keySet());
        accepted.forEach((id, sent) -> assertThat(arrived.get(id))
                .as("%s", values)
                .isEqualTo(new Arrived(
                        sent.payload(),
                        sent.type() == null ? "Anything" : sent.type(),
                        sent.attributes(),
                        sent.priority())));
        assertThat(count("finished_job_view where state = 'succeeded' and queue = '" + queue + "'"))
                .isEqualTo(accepted.size());
    }

    @Test
    void rawBytesArriveWhateverTheyAre() {
        RandomValues values = RandomValues.ofThisRun();
        Map<Long, Arrived> arrived = new ConcurrentHashMap<>();
        Map<Long, byte[]> sent = new ConcurrentHashMap<>();
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, TestNode.worker(10, 1, HistoryRetention.DEFAULT), anything(byte[].class, arrived));
            node.start();
            for (int i = 0; i < 1_000; i++) {
                byte[] raw = values.bytes(40_000);
                sent.put(node.sender().to(queue).send(raw).id(), raw);
            }
            await(values.toString()).atMost(Duration.ofSeconds(60)).until(() -> left() == 0);
        }
        assertThat(arrived.keySet()).as("%s", values).isEqualTo(sent.keySet());
        sent.forEach((id, raw) ->
                assertThat((byte[]) arrived.get(id).payload()).as("%s", values).isEqualTo(raw));
    }

    @Test
    void edgesOfNumbersAndTextArriveOrDieAtOnceWithAReason() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    queue,
                    TestNode.worker(5, 3, HistoryRetention.DEFAULT),
                    new Handler("any", Object.class, Set.of(), null, (payload, context) -> payload));
            node.start();
            JobSender.Spec spec = node.sender().to(queue).type("anything");
            for (Object payload : List.of(
                    "",
                    "\0",
                    "a\0b",
                    "\u2028\ufeff",
                    "half \ud83d",
                    "😀".repeat(10_000),
                    Long.MIN_VALUE,
                    Long.MAX_VALUE,
                    1e308,
                    true)) {
                assertThat(end(spec.send(payload, Object.class)).resultOrThrow())
                        .isEqualTo(payload);
            }
            assertThat(end(spec.send(nested(400), Object.class)).resultOrThrow())
                    .isEqualTo(nested(400));
            for (Object payload : List.of(new BigInteger("9".repeat(2_000)), Map.of("k".repeat(60_000), 1))) {
                assertThat(end(spec.send(payload, Object.class)))
                        .isInstanceOfSatisfying(JobOutcome.Dead.class, dead -> {
                            assertThat(dead.attempts()).isEqualTo(1);
                            assertThat(dead.error().message()).startsWith("the stored JSON can't be read as");
                        });
            }
            long before = count("job") + count("finished_job");
            List<Object> cycle = new ArrayList<>();
            cycle.add(cycle);
            for (Object payload : List.of(cycle, nested(600), nested(100_000), Map.of("half \ud83d", 1))) {
                assertThatThrownBy(() -> spec.send(payload))
                        .as("a %s", payload.getClass())
                        .isInstanceOf(PayloadConversionException.class)
                        .hasMessageContaining("can't be written");
            }
            assertThat(count("job") + count("finished_job")).isEqualTo(before);
        }
    }

    private static Object nested(int depth) {
        Object value = "core";
        for (int i = 0; i < depth; i++) {
            value = List.of(value);
        }
        return value;
    }

    private static SentJob<Void> send(JobSender sender, Sending sending) {
        JobSender.Spec spec = sender.to(sending.queue())
                .attributes(sending.attributes())
                .priority(sending.priority())
                .delay(Duration.ofMillis(sending.delay()));
        return (sending.type() == null ? spec : spec.type(sending.type())).send(sending.payload());
    }

    private static Handler anything(Class<?> type, Map<Long, Arrived> arrived) {
        return new Handler("anything", type, Set.of(), null, (payload, context) -> {
            arrived.put(context.id(), arrived(payload, context));
            return null;
        });
    }

    private static Arrived arrived(@Nullable Object payload, JobContext context) {
        // What ends like a version is one: it arrives as the name and the number.
        String type = new TypeName(context.type(), context.version()).stored();
        return new Arrived(payload, type, context.attributes(), context.priority());
    }

    private Sending sending(RandomValues values) {
        return new Sending(
                values.chance(0.9) ? queue : values.text(60),
                values.chance(0.5) ? null : type(values),
                map(values, 1, () -> values.text(60)),
                values.chance(0.9) ? values.intBetween(0, 9) : (int) values.anyLong(),
                values.longBetween(-5, 300),
                payload(values));
    }

    private static String type(RandomValues values) {
        return values.chance(0.8) ? values.text(0, 210, "abcXYZ0189") : values.text(60);
    }

    private static Anything payload(RandomValues values) {
        return new Anything(
                values.chance(0.1) ? null : values.text(60),
                values.anyLong(),
                values.chance(0.5)
                        ? Double.longBitsToDouble(values.anyLong())
                        : values.oneOf(List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE, -0.0)),
                values.chance(0.1) ? null : new BigDecimal(new BigInteger(1, values.bytes(40)), 9),
                values.list(0, 2, () -> values.text(60)),
                map(values, 2, () -> values.chance(0.5)));
    }

    private static <V> Map<String, V> map(RandomValues values, int maxSize, Supplier<V> value) {
        Map<String, V> map = new HashMap<>();
        values.list(0, maxSize, () -> values.text(60)).forEach(key -> map.put(key, value.get()));
        return map;
    }

    private static <R> JobOutcome<R> end(SentJob<R> sent) throws Exception {
        return sent.completion().get(20, TimeUnit.SECONDS);
    }

    private long left() {
        return count("job_view where queue = '" + queue + "'");
    }

    private long count(String what) {
        Long count = database.queryOne("select count(*) from pgjobq." + what, Long.class);
        return count == null ? -1 : count;
    }
}
