package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.pgjobq.Handler;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobState;
import io.pgjobq.JobType;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.PayloadUpgrade;
import io.pgjobq.SentJob;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Applications that know different versions of a payload work on one queue. */
@PostgresTest
class PayloadVersionsIntegrationTests {

    private static final int JOBS = 300;

    @JobType("order")
    record OrderV1(int number, double amount) {}

    @JobType(value = "order", version = 2)
    record OrderV2(int number, long cents) {}

    record Seen(String node, int version, Object payload) {}

    private static final PayloadUpgrade TO_CENTS = PayloadUpgrade.of(
            "order", 1, OrderV1.class, old -> new OrderV2(old.number(), Math.round(old.amount() * 100)));

    private final TestDatabase database;
    private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();

    PayloadVersionsIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void empty() {
        database.execute("drop schema if exists pgjobq cascade");
    }

    private <P> TestNode node(String name, Class<P> type, PayloadUpgrade... upgrades) {
        TestNode node = TestNode.polling(database.pool(6), upgrades);
        node.handle("orders", TestNode.concurrency(4), TestNode.handler(type, (payload, context) -> {
            assertThat(context.type()).isEqualTo("order");
            seen.add(new Seen(name, context.version(), payload));
            return name;
        }));
        return node.start();
    }

    @Test
    void duringARollingDeploymentEachJobEndsOnceWithTheRightContentAndOnANodeThatKnowsIt() throws Exception {
        List<SentJob<String>> sent = new ArrayList<>();
        Map<Long, Object> expected = new HashMap<>();
        try (TestNode old = node("old", OrderV1.class)) {
            try (TestNode young = node("young", OrderV2.class, TO_CENTS)) {
                for (int i = 0; i < JOBS; i++) {
                    sent.add(old.sender().to("orders").send(new OrderV1(i, i + 0.25), String.class));
                    sent.add(young.sender().to("orders").send(new OrderV2(JOBS + i, i), String.class));
                    sent.add(
                            old.sender().to("orders").type("order@2").send(new OrderV2(2 * JOBS + i, i), String.class));
                }
                for (SentJob<String> job : sent) {
                    assertThat(job.completion(Duration.ofMinutes(1)).get(60, TimeUnit.SECONDS))
                            .isInstanceOf(JobOutcome.Succeeded.class);
                }
            }
        }
        assertThat(seen).hasSize(3 * JOBS);
        for (Seen each : seen) {
            if (each.payload() instanceof OrderV1 order) {
                assertThat(each.node()).isEqualTo("old");
                assertThat(each.version()).isEqualTo(1);
                assertThat(order.amount()).isEqualTo(order.number() + 0.25);
                expected.merge((long) order.number(), order, (one, other) -> "twice");
            } else if (each.payload() instanceof OrderV2 order) {
                assertThat(each.node()).isEqualTo("young");
                assertThat(order.cents())
                        .isEqualTo(each.version() == 1 ? order.number() * 100L + 25 : order.number() % JOBS);
                expected.merge((long) order.number(), order, (one, other) -> "twice");
            }
        }
        assertThat(expected).hasSize(3 * JOBS).doesNotContainValue("twice");
        assertThat(seen).extracting(Seen::node).contains("old", "young");
    }

    @Test
    void aJobOfALaterVersionWaitsUnchargedForANodeThatKnowsItAndHoldsUpNobody() throws Exception {
        try (TestNode old = node("old", OrderV1.class)) {
            SentJob<String> later = old.sender().to("orders").send(new OrderV2(7, 700), String.class);
            SentJob<String> now = old.sender().to("orders").send(new OrderV1(8, 8), String.class);
            assertThat(now.completion().get(30, TimeUnit.SECONDS).resultOrThrow())
                    .isEqualTo("old");
            assertThat(old.jobs().find(later.id())).hasValueSatisfying(job -> {
                assertThat(job.state()).isEqualTo(JobState.READY);
                assertThat(job.attempts()).isZero();
                assertThat(job.type()).isEqualTo("order@2");
            });
            assertThat(old.jobs().unknownTypes("orders"))
                    .singleElement()
                    .satisfies(unknown -> assertThat(unknown.type()).isEqualTo("order@2"));
            try (TestNode young = node("young", OrderV2.class, TO_CENTS)) {
                assertThat(later.completion().get(30, TimeUnit.SECONDS).resultOrThrow())
                        .isEqualTo("young");
                assertThat(young.jobs().unknownTypes("orders")).isEmpty();
            }
        }
    }

    @Test
    void aLaterVersionIsNotForTheRawHandlerOfANodeThatHasOneForTheEarlier() throws Exception {
        try (TestNode old = TestNode.polling(database.pool(6))) {
            old.handle(
                    "orders",
                    TestNode.concurrency(4),
                    TestNode.handler(OrderV1.class, (payload, context) -> "typed"),
                    TestNode.handler(byte[].class, (payload, context) -> "raw " + context.type() + context.version()));
            old.start();
            SentJob<String> later = old.sender().to("orders").send(new OrderV2(7, 700), String.class);
            SentJob<String> other = old.sender().to("orders").type("parcel@3").send(new byte[] {'1'}, String.class);
            assertThat(other.completion().get(30, TimeUnit.SECONDS).resultOrThrow())
                    .isEqualTo("raw parcel3");
            SentJob<String> now = old.sender().to("orders").send(new OrderV1(8, 8), String.class);
            assertThat(now.completion().get(30, TimeUnit.SECONDS).resultOrThrow())
                    .isEqualTo("typed");
            assertThat(old.jobs().find(later.id()).orElseThrow().state()).isEqualTo(JobState.READY);
        }
    }

    @Test
    void aStepThatFailsLeavesTheJobDeadWithItsPayloadAsItWasAndTheMendedStepTakesIt() throws Exception {
        long id;
        PayloadUpgrade broken = PayloadUpgrade.of("order", 1, OrderV1.class, old -> {
            throw new IllegalStateException("oh");
        });
        try (TestNode young = node("young", OrderV2.class, broken)) {
            SentJob<String> sent = young.sender().to("orders").type("order").send(new OrderV1(7, 1.5), String.class);
            id = sent.id();
            assertThat(sent.completion().get(30, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(JobOutcome.Dead.class, dead -> {
                        assertThat(dead.attempts()).isEqualTo(1);
                        assertThat(dead.error().type()).isEqualTo(PayloadConversionException.class.getName());
                        assertThat(dead.error().message())
                                .isEqualTo("the upgrade of type 'order' from version 1 to 2 failed");
                    });
        }
        try (TestNode young = node("young", OrderV2.class, TO_CENTS)) {
            assertThat(young.pgJobQ().deadJobs().redrive(id)).isTrue();
            await().untilAsserted(() -> assertThat(seen).contains(new Seen("young", 1, new OrderV2(7, 150))));
        }
    }

    @Test
    void aDeadJobOfAnEarlierVersionIsRedrivenWithAPayloadOfTheLater() throws Exception {
        long id;
        try (TestNode old = TestNode.polling(database.pool(6))) {
            old.handle("orders", TestNode.concurrency(1), TestNode.handler(OrderV1.class, (payload, context) -> {
                throw new NonRetryableJobException("dead at once");
            }));
            old.start();
            SentJob<Void> sent = old.sender().to("orders").send(new OrderV1(7, 7));
            assertThat(sent.completion().get(30, TimeUnit.SECONDS)).isInstanceOf(JobOutcome.Dead.class);
            id = sent.id();
        }
        try (TestNode young = node("young", OrderV2.class, TO_CENTS)) {
            assertThat(young.pgJobQ().deadJobs().redrive(id, new OrderV2(7, 700)))
                    .isTrue();
            assertThat(young.pgJobQ()
                            .completions()
                            .completion(id, String.class)
                            .get(30, TimeUnit.SECONDS)
                            .resultOrThrow())
                    .isEqualTo("young");
        }
    }

    @Test
    void aMissingStepFailsTheContainer() {
        try (TestNode node = TestNode.polling(database.pool(2))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> node.handle("orders", OrderV2.class, (payload, context) -> null))
                    .withMessageContaining("add a PayloadUpgrade of type 'order' and fromVersion 1");
        }
    }

    record Item(String name) {}

    @Test
    void mapsAndListsGoByATypeThatIsNamedAndWithoutOneTheSenderLearnsHow() throws Exception {
        Type items = JobTypesOf.class.getDeclaredField("items").getGenericType();
        try (TestNode node = TestNode.polling(database.pool(6))) {
            node.handle(
                    "work",
                    TestNode.concurrency(2),
                    new Handler("stats", Map.class, Set.of("stats"), null, (payload, context) -> payload),
                    new Handler("items", items, Set.of("items"), null, (payload, context) -> payload));
            node.start();
            assertThat(node.sender()
                            .to("work")
                            .type("stats")
                            .send(Map.of("views", 3, "tags", List.of("a")), Map.class)
                            .completion()
                            .get(30, TimeUnit.SECONDS)
                            .resultOrThrow())
                    .isEqualTo(Map.of("views", 3, "tags", List.of("a")));
            assertThat(node.sender()
                            .to("work")
                            .type("items")
                            .send(List.of(new Item("tea")), Item[].class)
                            .completion()
                            .get(30, TimeUnit.SECONDS)
                            .resultOrThrow())
                    .containsExactly(new Item("tea"));
            for (Object payload : List.of(Map.of("views", 3), List.of(new Item("tea")))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> node.sender().send("work", payload))
                        .withMessageStartingWith("queue 'work': a ")
                        .withMessageContaining("to(\"…\").type(\"stats\").send(…)");
            }
            assertThat(node.pgJobQ().queues().describe("work").ready()).isZero();
        }
    }

    /** Has a type with an argument. */
    private static final class JobTypesOf {

        List<Item> items = List.of();
    }
}
