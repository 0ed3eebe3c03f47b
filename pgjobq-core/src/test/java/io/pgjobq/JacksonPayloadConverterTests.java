package io.pgjobq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

class JacksonPayloadConverterTests {

    record Welcome(
            String name,
            Instant at,
            List<Integer> numbers,
            @Nullable Welcome inner) {}

    static final class Node {

        public @Nullable Node next;
    }

    private final JacksonPayloadConverter converter = new JacksonPayloadConverter();

    @Test
    void aRecordIsReadAsItWasWritten() {
        Instant at = Instant.parse("2026-03-10T12:00:00.123456Z");
        Welcome welcome = new Welcome("Ada 😀", at, List.of(1, 2), new Welcome("", at, List.of(), null));

        assertThat(converter.read(converter.write(welcome), Welcome.class)).isEqualTo(welcome);
    }

    @Test
    void fieldsThatAnotherReleaseSendsArePassedOverAndMissingOnesAreNull() {
        assertThat(read("{\"name\": \"Ada\", \"later\": {\"x\": 1}}")).isEqualTo(new Welcome("Ada", null, null, null));
    }

    @Test
    void aJsonNullIsNull() {
        assertThat(read("null")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "not json", "[1]", "{\"at\": \"yesterday\"}", "{} {}", "\u0000"})
    void whatCannotBeReadIsSaidWithTheType(String json) {
        assertThatExceptionOfType(PayloadConversionException.class)
                .isThrownBy(() -> read(json))
                .withMessageStartingWith("the stored JSON can't be read as " + Welcome.class.getName() + ": ");
    }

    @Test
    void aCycleIsRefused() {
        Node node = new Node();
        node.next = node;

        assertThatExceptionOfType(PayloadConversionException.class)
                .isThrownBy(() -> converter.write(node))
                .withMessageContaining("Node can't be written as JSON");
    }

    @Test
    void nestingWithoutEndIsRefused() {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            list = new ArrayList<>(List.of(list));
        }
        List<Object> deep = list;

        assertThatExceptionOfType(PayloadConversionException.class).isThrownBy(() -> converter.write(deep));
        assertThatExceptionOfType(PayloadConversionException.class)
                .isThrownBy(() -> converter.read(
                        ("[".repeat(100_000) + "]".repeat(100_000)).getBytes(StandardCharsets.UTF_8), Object.class));
    }

    @Test
    void aClassIsNeverChosenByTheData() {
        Object read = converter.read(
                "{\"@class\": \"java.lang.Thread\", \"a\": 1}".getBytes(StandardCharsets.UTF_8), Object.class);

        assertThat(read).isEqualTo(Map.of("@class", "java.lang.Thread", "a", 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"java.lang.ProcessBuilder\", {\"command\": [\"x\"]}]",
                "{\"@class\": \"java.lang.ProcessBuilder\"}",
                "{\"@type\": \"java.util.logging.FileHandler\", \"pattern\": \"x\"}",
                "{\"_class\": \"java.lang.Thread\", \"$type\": \"x\", \"@c\": \".Thread\"}"
            })
    void aTypeThatSaysLittleGetsMapsListsAndStringsOnly(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        assertThat(converter.read(bytes, Object.class)).isInstanceOfAny(Map.class, List.class);
        for (Class<?> vague : List.of(Runnable.class, Comparable.class, AutoCloseable.class, Number.class)) {
            assertThatExceptionOfType(PayloadConversionException.class).isThrownBy(() -> converter.read(bytes, vague));
        }
    }

    @Test
    void whatCannotBeReadIsNotRepeated() {
        assertThatExceptionOfType(PayloadConversionException.class)
                .isThrownBy(() -> read("{\"numbers\": [1, \"secret\"]}"))
                .withMessageEndingWith(": InvalidFormatException for Integer at line 1, column 17")
                .withNoCause();
    }

    record Grown(
            String name,
            int count,
            boolean urgent,
            double weight,
            @Nullable Integer boxed,
            List<String> tags) {}

    static final class Defaults {
        public String name = "nobody";
        public int count = 7;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAnotherVersionOfTheApplicationHasWrittenCanBeReadHoweverStrictTheMapperIs(boolean strict) {
        JsonMapper mapper = JsonMapper.builder()
                .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, strict)
                .configure(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, strict)
                .configure(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES, strict)
                .build();
        byte[] json = "{\"name\": \"ada\", \"gone\": {\"deep\": [1]}}".getBytes(StandardCharsets.UTF_8);

        for (PayloadConverter tolerant : List.of(new JacksonPayloadConverter(mapper), converter)) {
            assertThat(tolerant.read(json, Grown.class)).isEqualTo(new Grown("ada", 0, false, 0, null, null));
            assertThat(tolerant.read(json, Defaults.class)).isInstanceOfSatisfying(Defaults.class, read -> {
                assertThat(read.name).isEqualTo("ada");
                assertThat(read.count).isEqualTo(7);
            });
            assertThat(tolerant.read("[1, null]".getBytes(StandardCharsets.UTF_8), int[].class))
                    .isEqualTo(new int[] {1, 0});
        }
    }

    private @Nullable Object read(String json) {
        return converter.read(json.getBytes(StandardCharsets.UTF_8), Welcome.class);
    }
}
