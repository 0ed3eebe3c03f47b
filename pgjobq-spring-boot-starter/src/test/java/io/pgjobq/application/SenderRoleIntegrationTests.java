package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobHandler;
import io.pgjobq.JobSender;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestRoles;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Two applications that share the code and not the rights: one sends and waits, the other one runs jobs. */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
@AlsoThroughPgBouncer
@AlsoWithoutListening
class SenderRoleIntegrationTests {

    private static TestDatabase database;

    record Name(String value) {}

    static class Greeter {

        @JobHandler("greetings")
        String greet(Name name) {
            return "Hello " + name.value();
        }
    }

    @Test
    void anApplicationThatIsNoNodeSendsAndWaitsUnderLesserRoles(CapturedOutput output) {
        TestRoles roles = TestRoles.on(database);
        database.execute("insert into " + roles.schema() + ".queue (name) values ('greetings')");
        application(roles, "sender", "waiter")
                .withPropertyValues("pgjobq.node.enabled=false", "pgjobq.queues.another.max-attempts=3")
                .run(web -> {
                    SentJob<String> sent =
                            web.getBean(JobSender.class).to("greetings").send(new Name("Ada"), String.class);
                    application(roles, "worker")
                            .run(worker -> assertThat(sent.completion()
                                            .get(30, TimeUnit.SECONDS)
                                            .resultOrThrow())
                                    .isEqualTo("Hello Ada"));
                });
        assertThat(output)
                .contains("pgjobq only sends here (pgjobq.worker.enabled or pgjobq.node.enabled is false)")
                .doesNotContain("denied");
    }

    private static ApplicationContextRunner application(TestRoles roles, String... groups) {
        String login = roles.login(groups).role();
        return Applications.on(database, roles.schema())
                .withPropertyValues(
                        "spring.datasource.username=" + login,
                        "spring.datasource.password=" + login,
                        "pgjobq.migration.enabled=false")
                .withBean(Greeter.class);
    }
}
