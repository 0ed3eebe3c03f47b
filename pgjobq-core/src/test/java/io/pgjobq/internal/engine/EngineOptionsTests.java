package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema's name is put into SQL as it is, so nothing but a plain name may pass. */
class EngineOptionsTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1a",
                "A",
                "a b",
                "a-b",
                "a.b",
                "a\"b",
                "a'b",
                "a;drop schema b",
                "a\n",
                "ä",
                "pg_jobs",
                "${x}",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void aSchemaThatIsNoPlainNameIsRefused(String schema) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> withSchema(schema))
                .withMessageStartingWith("schema must ")
                .withMessageContaining("'" + schema + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "_jobs", "pgjobq2", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void aPlainNameIsTaken(String schema) {
        assertThat(withSchema(schema).schema()).isEqualTo(schema);
    }

    @ParameterizedTest
    @CsvSource({
        "PT1.9S, PT5S, PT1H, node.timeout must be from PT2S to PT1H",
        "PT61M, PT5S, PT1H, node.timeout must be from PT2S to PT1H",
        "PT15S, PT0.009S, PT1H, poll-interval must be from PT0.01S to PT1H",
        "PT15S, PT61M, PT1H, poll-interval must be from PT0.01S to PT1H",
        "PT15S, PT5S, PT0S, completion.timeout must be from PT0.001S to PT8760H",
        "PT15S, PT5S, P366D, completion.timeout must be from PT0.001S to PT8760H",
    })
    void timesBeyondTheirLimitsAreRefusedByName(Duration node, Duration poll, Duration completion, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineOptions("a", "n", node, poll, completion, true, false))
                .withMessageStartingWith(message);
    }

    @Test
    void theDefaultIsValid() {
        assertThat(EngineOptions.DEFAULT.schema()).isEqualTo("pgjobq");
    }

    private static EngineOptions withSchema(String schema) {
        EngineOptions d = EngineOptions.DEFAULT;
        return new EngineOptions(
                schema, d.nodeName(), d.nodeTimeout(), d.pollInterval(), d.completionTimeout(), true, false);
    }
}
