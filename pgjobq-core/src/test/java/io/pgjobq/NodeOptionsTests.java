package io.pgjobq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema's name is put into SQL as it is, so nothing but a plain name may pass. */
class NodeOptionsTests {

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
        assertThatExceptionOfType(InvalidOptionException.class)
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
        assertThatExceptionOfType(InvalidOptionException.class)
                .isThrownBy(() -> NodeOptions.builder()
                        .schema("a")
                        .name("n")
                        .timeout(node)
                        .pollInterval(poll)
                        .completionTimeout(completion)
                        .build())
                .withMessageStartingWith(message);
    }

    @Test
    void theDefaultIsValid() {
        assertThat(NodeOptions.DEFAULT.schema()).isEqualTo("pgjobq");
    }

    private static NodeOptions withSchema(String schema) {
        NodeOptions d = NodeOptions.DEFAULT;
        return d.toBuilder().schema(schema).virtualThreads(false).build();
    }
}
