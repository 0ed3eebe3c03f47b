package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.pgjobq.JobError;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredJsonTests {

    @Test
    void attributesAreReadAsTheyWereWritten() {
        Map<String, String> attributes = Map.of("a", "1", "ü \"quoted\"", "line\nbreak 😀", "empty", "");

        assertThat(StoredJson.attributes(StoredJson.write(attributes))).isEqualTo(attributes);
    }

    @Test
    void noAttributesAreStoredAsNull() {
        assertThat(StoredJson.write(Map.of())).isNull();
        assertThat(StoredJson.attributes(null)).isEmpty();
    }

    @Test
    void valuesThatAreNoTextAreReadAsTheirJson() {
        assertThat(StoredJson.attributes("{\"a\": 1, \"b\": [true], \"c\": \"x\"}"))
                .containsOnly(entry("a", "1"), entry("b", "[true]"), entry("c", "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[1]", "\"text\"", "1", "null", "true", "{}"})
    void whatIsNoObjectHasNoAttributes(String json) {
        assertThat(StoredJson.attributes(json)).isEmpty();
    }

    @Test
    void errorsAreReadAsTheDatabaseWritesThem() {
        assertThat(StoredJson.errors("[{\"attempt\": 2, \"at\": \"2026-03-10T12:00:00.123456+02:00\", \"type\": \"t\","
                        + " \"message\": \"m\", \"stack\": \"s\"}]"))
                .containsExactly(new JobError(2, Instant.parse("2026-03-10T10:00:00.123456Z"), "t", "m", "s"));
        assertThat(StoredJson.errors(null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "1",
                "null",
                "\"text\"",
                "{\"at\": \"yesterday\"}",
                "{\"at\": null, \"attempt\": \"many\", \"type\": {}}",
                "{\"at\": 5, \"attempt\": 99999999999, \"message\": [1]}",
            })
    void anErrorThatAnotherProgramWroteIsReadAsFarAsItMakesSense(String json) {
        JobError error = StoredJson.error(json);

        assertThat(error.failedAt()).isEqualTo(Instant.EPOCH);
        assertThat(error.attempt()).isZero();
        assertThat(StoredJson.errors("[" + json + "]")).containsExactly(error);
        assertThat(StoredJson.errors(json)).isNotNull();
    }
}
