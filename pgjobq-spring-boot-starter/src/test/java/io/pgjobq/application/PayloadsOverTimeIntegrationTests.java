package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobHandler;
import io.pgjobq.JobSender;
import io.pgjobq.JobType;
import io.pgjobq.PayloadUpgrade;
import io.pgjobq.SentJob;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Beans bring payloads of earlier versions along, and maps and lists have the type that their handler names. */
@PostgresTest
class PayloadsOverTimeIntegrationTests {

    private final TestDatabase database;

    PayloadsOverTimeIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @JobType(value = "order", version = 3, aliases = "purchase")
    record Order(String customer, long cents, String currency, int parcels) {}

    record Item(String name, int count) {}

    static class Handlers {

        @JobHandler("orders")
        String order(Order order) {
            return order.toString();
        }

        @JobHandler(value = "stats", types = "stats")
        Object count(Map<String, Object> stats) {
            return stats.get("views");
        }

        @JobHandler(value = "stats", types = "items")
        int pack(List<Item> items) {
            return items.stream().mapToInt(Item::count).sum();
        }
    }

    private static PayloadUpgrade toCents() {
        return PayloadUpgrade.ofMap("order", 1, order -> {
            order.put("cents", Math.round(((Number) order.remove("amount")).doubleValue() * 100));
            return order;
        });
    }

    private static PayloadUpgrade toCurrency() {
        return PayloadUpgrade.ofMap("order", 2, order -> {
            order.put("currency", "EUR");
            return order;
        });
    }

    @Test
    void stepsOfBeansFollowEachOtherAndMapsAndListsKeepTheirTypes() {
        Applications.on(database, "over_time")
                .withBean(Handlers.class)
                .withBean("toCurrency", PayloadUpgrade.class, PayloadsOverTimeIntegrationTests::toCurrency)
                .withBean("toCents", PayloadUpgrade.class, PayloadsOverTimeIntegrationTests::toCents)
                .run(context -> {
                    JobSender jobs = context.getBean(JobSender.class);
                    byte[] first = json("{'customer': 'ada', 'amount': 12.5, 'gone': 1}");
                    byte[] second = json("{'customer': 'ada', 'cents': 1250}");
                    String expected = new Order("ada", 1250, "EUR", 0).toString();
                    assertThat(result(jobs.to("orders").type("order").send(first, String.class)))
                            .isEqualTo(expected);
                    assertThat(result(jobs.to("orders").type("purchase").send(first, String.class)))
                            .isEqualTo(expected);
                    assertThat(result(jobs.to("orders").type("order@2").send(second, String.class)))
                            .isEqualTo(expected);
                    assertThat(result(jobs.to("orders").send(new Order("bob", 1, "SEK", 2), String.class)))
                            .isEqualTo(new Order("bob", 1, "SEK", 2).toString());
                    assertThat(result(jobs.to("stats").type("stats").send(Map.of("views", 3), Integer.class)))
                            .isEqualTo(3);
                    List<Item> items = List.of(new Item("tea", 2), new Item("cups", 4));
                    assertThat(result(jobs.to("stats").type("items").send(items, Integer.class)))
                            .isEqualTo(6);
                });
    }

    @Test
    void aMissingStepFailsTheStartAndIsNamed() {
        Applications.on(database, "missing_step")
                .withBean(Handlers.class)
                .withBean("toCents", PayloadUpgrade.class, PayloadsOverTimeIntegrationTests::toCents)
                .run(
                        context -> assertThat(context)
                                .getFailure()
                                .hasMessage(
                                        "queue 'orders': Handlers.order(Order) takes version 3 of 'order', but nothing brings"
                                                + " payloads from version 2 to 3; add a PayloadUpgrade of type 'order' and fromVersion 2."));
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private static <R> R result(SentJob<R> sent) throws Exception {
        return sent.completion().get(30, TimeUnit.SECONDS).resultOrThrow();
    }
}
