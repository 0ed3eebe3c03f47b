package io.pgjobq.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaScriptTests {

    /** Set to write the file instead of checking it. */
    private static final String REWRITE = "pgjobq.test.rewrite";

    @Test
    void theSchemaInTheDocumentationIsThatOfTheSources() throws IOException {
        compare("schema.sql", SchemaScript.forSchema("pgjobq"));
    }

    @Test
    void theRolesInTheDocumentationAreThoseOfTheSources() throws IOException {
        compare("roles.sql", SchemaScript.rolesFor("pgjobq"));
    }

    private static void compare(String name, String script) throws IOException {
        Path file = repository().resolve("docs").resolve(name);
        if (Boolean.getBoolean(REWRITE)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, script);
        }
        assertThat(Files.exists(file) ? Files.readString(file).replace("\r\n", "\n") : "")
                .as("docs/" + name + "; write it anew with"
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

    @Test
    void theRolesBearTheNameOfTheSchema() {
        assertThat(SchemaScript.rolesFor("elsewhere"))
                .contains("on elsewhere.job to elsewhere_sender")
                .doesNotContain("${")
                .doesNotContain("pgjobq_");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a;b", "a\"b", "a'b", "a b", "A", "ä", "", "1a", "pg_catalog", "user", "a$$b", "a--", "a\u0000"})
    void noScriptIsMadeForANameThatWouldChangeItsMeaning(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> SchemaScript.forSchema(name));
        assertThatIllegalArgumentException().isThrownBy(() -> SchemaScript.rolesFor(name));
    }

    private static Path repository() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("pgjobq-core"))) {
            directory = Objects.requireNonNull(directory.getParent(), "no directory above holds pgjobq-core");
        }
        return directory;
    }
}
