package io.pgjobq.internal.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgjobq.Handler;
import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.JobType;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.PayloadConverter;
import io.pgjobq.PayloadUpgrade;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PayloadUpgradesTests {

    record OrderV1(String customer, double amount) {}

    record OrderV2(String customer, long cents) {}

    @JobType(value = "order", version = 3, aliases = "purchase")
    record Order(String customer, long cents, String currency) {}

    private static final PayloadUpgrade FIRST = PayloadUpgrade.of(
            "order", 1, OrderV1.class, old -> new OrderV2(old.customer(), Math.round(old.amount() * 100)));

    private static final PayloadUpgrade SECOND = PayloadUpgrade.ofMap("order", 2, order -> {
        order.put("currency", "EUR");
        return order;
    });

    private final PayloadConverter converter = new JacksonPayloadConverter();

    @Test
    void stepsFollowEachOtherFromWhateverVersionWasSentAndAlsoUnderAnAlias() {
        PayloadUpgrades upgrades = upgrades(SECOND, FIRST);
        Order expected = new Order("ada", 1250, "EUR");

        for (String name : List.of("order", "purchase")) {
            assertThat(read(upgrades, name, "{\"customer\": \"ada\", \"amount\": 12.5}"))
                    .isEqualTo(expected);
            assertThat(read(upgrades, name + "@2", "{\"customer\": \"ada\", \"cents\": 1250}"))
                    .isEqualTo(expected);
        }
        byte[] now = converter.write(expected);
        assertThat(upgrades.upgraded("order@3", now, converter)).isSameAs(now);
        assertThat(upgrades.upgraded("other", now, converter)).isSameAs(now);
    }

    @JobType(value = "page", version = 2, aliases = "old")
    record Page<T>(List<T> items) {}

    @SuppressWarnings("unused")
    private static void take(Page<String> page) {}

    @Test
    void anAliasOfAGenericPayloadGoesTheWayOfItsName() throws Exception {
        Type type =
                PayloadUpgradesTests.class.getDeclaredMethod("take", Page.class).getGenericParameterTypes()[0];
        Handler handler = new Handler("Pages.take", type, JobTypes.namesFor(type), null, (p, c) -> null);
        PayloadUpgrade step = PayloadUpgrade.ofMap("page", 1, page -> {
            page.put("items", List.of("a"));
            return page;
        });
        PayloadUpgrades upgrades = new PayloadUpgrades("pages", List.of(handler), List.of(step));

        assertThat(new String(upgrades.upgraded("old", "{}".getBytes(UTF_8), converter), UTF_8))
                .isEqualTo("{\"items\":[\"a\"]}");
    }

    @Test
    void aMissingStepIsRefusedAndNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> upgrades(SECOND))
                .withMessage(
                        "queue 'orders': Orders.take(Order) takes version 3 of 'order', but nothing brings payloads from"
                                + " version 1 to 2; add a PayloadUpgrade of type 'order' and fromVersion 1");
    }

    @Test
    void twoOfAStepAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> upgrades(FIRST, SECOND, PayloadUpgrade.ofMap("order", 2, order -> order)))
                .withMessage("there are two upgrades of type 'order' from version 2; keep one");
        assertThatIllegalArgumentException().isThrownBy(() -> PayloadUpgrade.ofMap("order", 0, order -> order));
    }

    @Test
    void aStepThatThrowsOrReturnsNothingSaysWhichItWas() {
        PayloadUpgrade throwing = PayloadUpgrade.of("order", 1, byte[].class, payload -> {
            throw new IllegalStateException("oh");
        });
        PayloadUpgrade empty = PayloadUpgrade.of("order", 1, Map.class, payload -> null);
        for (PayloadUpgrade broken : List.of(throwing, empty)) {
            assertThatExceptionOfType(PayloadConversionException.class)
                    .isThrownBy(() -> upgrades(broken, SECOND).upgraded("order", "{}".getBytes(UTF_8), converter))
                    .withMessageStartingWith("the upgrade of type 'order' from version 1 to 2 failed");
        }
        assertThatExceptionOfType(PayloadConversionException.class)
                .isThrownBy(() -> upgrades(FIRST, SECOND).upgraded("order", "[".getBytes(UTF_8), converter))
                .withMessageContaining("failed: the stored JSON can't be read as");
    }

    private static PayloadUpgrades upgrades(PayloadUpgrade... some) {
        Handler handler = new Handler(
                "Orders.take(Order)", Order.class, Set.copyOf(JobTypes.namesFor(Order.class)), null, (p, c) -> null);
        return new PayloadUpgrades("orders", List.of(handler), List.of(some));
    }

    private Object read(PayloadUpgrades upgrades, String type, String json) {
        return converter.read(upgrades.upgraded(type, json.getBytes(UTF_8), converter), Order.class);
    }
}
