package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pgjobq.JobHandler;
import io.pgjobq.JobSender;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** An application as a user writes it: nothing is imported by name. */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
@AlsoThroughPgBouncer
@AlsoWithoutListening
@AlsoOnOtherJdks
class StarterIntegrationTests {

    private static TestDatabase database;

    record Name(String value) {}

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {

        @JobHandler("greetings")
        String greet(Name name) {
            return "Hello " + name.value();
        }
    }

    @Test
    void theStarterIsAllThatAnApplicationNeeds() throws Exception {
        try (ConfigurableApplicationContext context = application("whole").run()) {
            assertThat(context.getBean(JobSender.class)
                            .to("greetings")
                            .send(new Name("Ada"), String.class)
                            .completion(Duration.ofSeconds(30))
                            .get(40, TimeUnit.SECONDS)
                            .resultOrThrow())
                    .isEqualTo("Hello Ada");
        }
    }

    @Test
    void anApplicationThatCannotStartSaysWhy(CapturedOutput output) {
        Throwable failure = catchThrowable(() -> application("whole")
                .properties("pgjobq.defaults.concurrency=0")
                .run()
                .close());
        assertThat(failure).isNotNull();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("pgjobq.defaults.concurrency must be from 1 to 10000, but is 0.");
    }

    private static SpringApplicationBuilder application(String schema) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(Applications.properties(database, schema))
                .properties("spring.liquibase.enabled=false", "spring.flyway.enabled=false");
    }
}
