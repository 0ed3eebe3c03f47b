package io.pgjobq.reliability.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.reliability.harness.Books;
import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A completion that its node saw committed, and that the crash of a server with asynchronous commits forgot. */
class ForgottenCompletionIntegrationTests {

    private static final Duration AGAIN_WITHIN = Duration.ofSeconds(8);

    /** In the long form the job outlasts the node's regular look at its claims, so that the next one is minutes away. */
    private static final Duration WORK = Form.pick(Duration.ofSeconds(2), Duration.ofSeconds(35));

    private static final int TRIES = 5;

    @Test
    void aJobWhoseCompletionWasForgottenStartsAgainAtOnceOnAnIdleNode() throws Exception {
        try (Stage stage = Stage.set("forgotten-completion")) {
            JdbcClient superuser = stage.server().database();
            superuser.sql("alter system set wal_writer_delay = '10s'").update();
            superuser.sql("alter role app set synchronous_commit = off").update();
            superuser.sql("select pg_reload_conf()").query(Boolean.class).single();
            Load load = stage.load();
            Worker idle = stage.worker("idle").awaitReady();
            OffsetDateTime back = forgetACompletion(stage, load);
            Duration again = stage.books().awaitStartsOf(List.of(idle), back);
            stage.awaitDrained(Duration.ofMinutes(1));

            stage.report(
                    "an immediate stop of a server with asynchronous commits after a completion, the only worker idle",
                    stage.audit().assertAllSucceeded(),
                    "started again " + again.toMillis() + " ms after the server accepts connections");
            assertThat(again).isLessThan(AGAIN_WITHIN);
        }
    }

    /** Crashes the server right after a completion, until one of them is forgotten; returns when the server was back. */
    private static OffsetDateTime forgetACompletion(Stage stage, Load load) {
        Books books = stage.books();
        for (int attempt = 0; attempt < TRIES; attempt++) {
            OffsetDateTime began = books.now();
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> !load.send(Queues.PLAIN, Task.of(WORK), 1).isEmpty());
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> books.count("select count(*) from books.started where started_at > ?", began) == 1);
            // A synchronous commit, which has all before it written.
            books.note(null, "completion forgotten", began);
            // As long as the claim is there, the node knows of it and gives it back by itself.
            await().atMost(WORK.plusSeconds(30))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> books.waiting() + books.count("select count(*) from pgjobq.claim") == 0);
            stage.server().crash();
            stage.server().restart();
            OffsetDateTime back = books.now();
            books.note(null, "completion forgotten", began);
            if (books.waiting() == 1) {
                return back;
            }
        }
        throw new IllegalStateException("none of " + TRIES + " crashes forgot a completion");
    }
}
