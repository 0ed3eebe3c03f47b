package io.pgjobq.internal.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgjobq.Handler;
import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.JobType;
import io.pgjobq.PayloadUpgrade;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HandlersTests {

    sealed interface Shape permits Circle, Polygon {}

    record Circle() implements Shape {}

    sealed interface Polygon extends Shape permits Square, Triangle {}

    record Square() implements Polygon {}

    @JobType(value = "tri", aliases = "old-tri")
    record Triangle() implements Polygon {}

    @Test
    void eachTypeHasItsHandler() {
        Handler a = handler("A", String.class, "a", "b");
        Handler c = handler("C", String.class, "c");
        Handlers handlers = new Handlers("q", List.of(a, c));

        assertThat(handlers.find("a")).isSameAs(a);
        assertThat(handlers.find("b")).isSameAs(a);
        assertThat(handlers.find("c")).isSameAs(c);
        assertThat(handlers.find("d")).isNull();
        assertThat(handlers.find("")).as("nobody is the only one").isNull();
        assertThat(handlers.types()).containsExactly("a", "b", "c");
    }

    @Test
    void anOnlyHandlerTakesJobsWithoutAType() {
        Handler only = handler("A", String.class, "a");
        Handlers handlers = new Handlers("q", List.of(only));

        assertThat(handlers.find("")).isSameAs(only);
        assertThat(handlers.find("b")).isNull();
        assertThat(handlers.types()).containsExactly("", "a");
    }

    @Test
    void aHandlerWithoutTypesTakesTheRest() {
        Handler a = handler("A", String.class, "a");
        Handler rest = handler("Rest", byte[].class);
        Handlers handlers = new Handlers("q", List.of(rest, a));

        assertThat(handlers.find("a")).isSameAs(a);
        assertThat(handlers.find("b")).isSameAs(rest);
        assertThat(handlers.find("")).isSameAs(rest);
        assertThat(handlers.types()).containsExactly(null, "a");
    }

    @Test
    void aHandlerTakesTheVersionThatItNamesAndAllBeforeIt() {
        Handler a = handler("A", String.class, "a@3");
        Handlers handlers = new Handlers("q", List.of(a), List.of(step("a", 1), step("a", 2)));

        assertThat(handlers.types()).containsExactly("", "a", "a@2", "a@3");
        assertThat(handlers.find("a@2")).isSameAs(a);
        assertThat(handlers.find("a@4")).isNull();
        assertThat(new String(handlers.upgraded("a@2", new byte[0], new JacksonPayloadConverter()), UTF_8))
                .isEqualTo("2");
        assertThat(new String(handlers.upgraded("a", new byte[0], new JacksonPayloadConverter()), UTF_8))
                .isEqualTo("12");
    }

    @Test
    void aLaterVersionOfWhatHasAHandlerIsNotForTheOneThatTakesTheRest() {
        Handler rest = handler("Rest", byte[].class);
        Handlers handlers = new Handlers("q", List.of(rest, handler("A", String.class, "a")));

        assertThat(handlers.find("a@2")).isNull();
        assertThat(handlers.find("b@2")).isSameAs(rest);
        assertThat(handlers.find("a@x")).isSameAs(rest);
    }

    @Test
    void twoForDifferentVersionsOfOneTypeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Handlers(
                        "q",
                        List.of(handler("A", String.class, "a"), handler("B", String.class, "a@2")),
                        List.of(step("a", 1))))
                .withMessageContaining("both A and B handle type 'a'");
    }

    private static PayloadUpgrade step(String type, int fromVersion) {
        return PayloadUpgrade.of(
                type, fromVersion, byte[].class, before -> (new String(before, UTF_8) + fromVersion).getBytes(UTF_8));
    }

    @Test
    void twoForOneTypeAreRefusedWithBothNames() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Handlers(
                        "q", List.of(handler("A", String.class, "a", "b"), handler("B", String.class, "b"))))
                .withMessageContaining("queue 'q': both A and B handle type 'b'");
    }

    @Test
    void twoForTheRestAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Handlers("q", List.of(handler("A", byte[].class), handler("B", byte[].class))))
                .withMessageContaining("queue 'q': both A and B handle every type that no other handler names");
    }

    @Test
    void noneIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Handlers("q", List.of()))
                .withMessageContaining("queue 'q'");
    }

    @Test
    void aSealedPayloadIsReadAsTheSubtypeOfThatName() {
        Handler handler = handler("A", Shape.class, "Circle", "Square", "tri", "old-tri");

        assertThat(Handlers.payloadType(handler, "Circle")).isEqualTo(Circle.class);
        assertThat(Handlers.payloadType(handler, "Square")).isEqualTo(Square.class);
        assertThat(Handlers.payloadType(handler, "tri")).isEqualTo(Triangle.class);
        assertThat(Handlers.payloadType(handler, "old-tri")).isEqualTo(Triangle.class);
        assertThat(Handlers.payloadType(handler, "unknown")).isEqualTo(Shape.class);
    }

    @Test
    void anyOtherPayloadIsReadAsDeclared() {
        assertThat(Handlers.payloadType(handler("A", Circle.class, "a"), "a")).isEqualTo(Circle.class);
        assertThat(Handlers.payloadType(handler("A", byte[].class), "a")).isEqualTo(byte[].class);
    }

    private static Handler handler(String description, Class<?> payloadType, String... types) {
        return new Handler(description, payloadType, Set.of(types), null, (payload, context) -> null);
    }
}
