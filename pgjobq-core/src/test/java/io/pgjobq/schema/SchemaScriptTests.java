package io.pgjobq.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SchemaScriptTests {

    /** Set to write the file instead of checking it. */
    private static final String REWRITE = "pgjobq.test.rewrite";

    @Test
    void theSchemaInTheDocumentationIsThatOfTheSources() throws IOException {
        Path file = repository().resolve("docs").resolve("schema.sql");
        String script = SchemaScript.forSchema("pgjobq");
        if (Boolean.getBoolean(REWRITE)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, script);
        }
        assertThat(Files.exists(file) ? Files.readString(file).replace("\r\n", "\n") : "")
                .as("docs/schema.sql; write it anew with"
                        + " mvn -pl pgjobq-core test -Dtest=SchemaScriptTests -DargLine=-D" + REWRITE + "=true")
                .isEqualTo(script);
    }

    @Test
    void theScriptBearsTheNameOfTheSchemaAndNoPlaceholder() {
        assertThat(SchemaScript.forSchema("elsewhere"))
                .contains("create table elsewhere.job (")
                .contains("pg_notify('elsewhere_jobs'")
                .doesNotContain("${")
                .doesNotContain("pgjobq.job");
    }

    private static Path repository() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("pgjobq-core"))) {
            directory = Objects.requireNonNull(directory.getParent(), "no directory above holds pgjobq-core");
        }
        return directory;
    }
}
