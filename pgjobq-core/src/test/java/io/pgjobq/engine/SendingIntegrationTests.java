package io.pgjobq.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobOutcome;
import io.pgjobq.SentJob;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@PostgresTest
class SendingIntegrationTests {

    record Greeting(String name) {}

    @Test
    void aJobIsRunAndItsResultReachesTheSender(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle("greetings", Greeting.class, (greeting, context) -> "Hello " + greeting.name());
            node.start();
            for (int i = 0; i < 20; i++) {
                SentJob<String> sent = node.pgJobQ().sender().to("greetings").send(new Greeting("Ada"), String.class);
                JobOutcome<String> outcome = sent.completion().get(10, TimeUnit.SECONDS);
                assertThat(outcome.resultOrThrow()).isEqualTo("Hello Ada");
            }
        }
    }
}
