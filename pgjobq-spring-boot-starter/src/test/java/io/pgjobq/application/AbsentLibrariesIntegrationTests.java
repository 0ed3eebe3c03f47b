package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Applications without the libraries that are only used where they are there. */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class AbsentLibrariesIntegrationTests {

    private static TestDatabase database;

    enum Absent {
        REACTOR("reactor.core.publisher.Mono", "reactor-", "reactive-streams-"),
        COROUTINES("kotlinx.coroutines.GlobalScope", "kotlinx-coroutines-"),
        KOTLIN("kotlin.Unit", "kotlin-", "kotlinx-", "jackson-module-kotlin-"),
        SPRING_SECURITY("org.springframework.security.core.context.SecurityContextHolder", "spring-security-"),
        ALL(
                "kotlin.Unit",
                "kotlin-",
                "kotlinx-",
                "jackson-module-kotlin-",
                "reactor-",
                "reactive-streams-",
                "spring-security-");

        private final String type;
        private final List<String> jars;

        Absent(String type, String... jars) {
            this.type = type;
            this.jars = List.of(jars);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anApplicationRunsWithoutThemAndMissesNothing(Absent absent, CapturedOutput output) throws Exception {
        String[] properties =
                Applications.properties(database, "without_" + absent.name().toLowerCase(Locale.ROOT));
        DisposableLoader.without(absent.jars).live(LeanApplication.class, absent.type, properties);
        assertThat(output).contains("started, ").doesNotContain("NoClassDefFoundError", "ClassNotFoundException");
    }
}
