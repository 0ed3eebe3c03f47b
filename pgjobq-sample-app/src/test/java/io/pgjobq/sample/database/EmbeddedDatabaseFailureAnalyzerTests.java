package io.pgjobq.sample.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;

class EmbeddedDatabaseFailureAnalyzerTests {

    @Test
    void tellsRootToBeSomebodyElse() {
        assertThat(analyze("initdb: error: cannot be run as root").getAction())
                .contains("another user", "--spring.datasource.url");
    }

    @Test
    void tellsOthersToLookAtTheDirectory() {
        assertThat(analyze("No space left on device").getAction())
                .contains("some-directory", "--sample.data-directory", "--spring.datasource.url");
    }

    private static FailureAnalysis analyze(String message) {
        EmbeddedDatabaseException failure = new EmbeddedDatabaseException(message, Path.of("some-directory"), null);
        FailureAnalysis analysis =
                new EmbeddedDatabaseFailureAnalyzer().analyze(new IllegalStateException("no context", failure));
        assertThat(analysis).isNotNull();
        assertThat(analysis.getDescription()).contains(message);
        return analysis;
    }
}
