package io.pgjobq.reliability.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.reliability.harness.Audit;
import io.pgjobq.reliability.harness.Books;
import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.RefusedTransactions;
import io.pgjobq.reliability.worker.Task;
import java.time.Duration;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;

/** A handler whose transaction can never be begun: it is tried less and less often, and keeps no other from working. */
class RefusedTransactionIntegrationTests {

    private static final int REFUSED = 5;

    /** Jobs of other queues that end meanwhile. */
    private static final int OTHERS = 500;

    /** The queue rests for a tenth of a second at first and twice as long each time, so these take half a minute. */
    private static final int MOST_BEGINS_A_JOB = 12;

    /** They are excused for a minute, and only the long form waits for their end. */
    private static final Duration BURIED_WITHIN = Duration.ofMinutes(3);

    @Test
    void jobsWhoseTransactionCannotBeginAreTriedSeldomAndLeaveTheOthersAlone() throws Exception {
        try (Stage stage = Stage.set("refused-transaction")) {
            Load load = stage.load();
            Books books = stage.books();
            Worker worker = stage.worker(
                            "worker", "--" + RefusedTransactions.ENABLED + "=true", "--pgjobq.defaults.max-attempts=1")
                    .awaitReady();
            OffsetDateTime began = books.now();
            load.send(RefusedTransactions.QUEUE, Task.of(Duration.ZERO), REFUSED);
            load.start(60, Task.of(Duration.ofMillis(20)), Queues.PLAIN, Queues.TRANSFER);
            await("the other queues to go on").atMost(Duration.ofSeconds(30)).until(() -> books.finished() >= OTHERS);
            int begins = begins(worker);
            Duration refused = Duration.between(began, books.now());
            load.stop();
            int left = Form.pick(REFUSED, 0);
            await("all jobs to end, and the refused ones in the long form")
                    .atMost(BURIED_WITHIN)
                    .until(() -> books.waiting() == left);
            Duration ended = Duration.between(began, books.now());

            Audit audit = stage.audit().assertClean();
            stage.report(
                    REFUSED + " jobs whose transaction is refused, beside 60 jobs/s",
                    audit,
                    begins + " begins in " + refused.toMillis() + " ms, " + warnings(worker) + " warnings; after "
                            + ended.toMillis() + " ms " + audit.dead() + " of them dead, all others succeeded");
            assertThat(audit.succeeded()).isEqualTo(audit.committed() - REFUSED);
            assertThat(audit.dead()).isEqualTo(REFUSED - left);
            assertThat(begins).as("begins").isBetween(REFUSED, REFUSED * MOST_BEGINS_A_JOB);
            assertThat(warnings(worker)).as("warnings").isLessThanOrEqualTo(REFUSED);
            assertThat(load.failures()).isEmpty();
        }
    }

    private static int begins(Worker worker) {
        return worker.logged(RefusedTransactions.REFUSED).size();
    }

    /** In the short form one that attempts can't begin; in the long form another for each job that died of it. */
    private static long warnings(Worker worker) {
        return worker.logged("WARN").size() + worker.logged("ERROR").size();
    }
}
