package io.pgjobq.reliability.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.CancelResult;
import io.pgjobq.reliability.harness.Books;
import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import io.pgjobq.reliability.worker.Task.Deed;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Jobs that run in one process are cancelled by another, which tells by a notification, or leaves it to the next heartbeat. */
class CancelledElsewhereIntegrationTests {

    private static final int TOLD = Form.pick(60, 500);
    private static final int UNTOLD = Form.pick(5, 30);

    private static final Duration PROMISED = Duration.ofMillis(100);
    private static final Duration WITHOUT_A_NOTIFICATION = Duration.ofSeconds(5);

    @Test
    void aHandlerIsInterruptedSoonAfterAnotherProcessHasCancelledItsJob() throws Exception {
        try (Stage stage = Stage.set("cancelled-elsewhere")) {
            Load load = stage.load();
            List<Duration> told;
            try (Worker worker = stage.worker("listens").awaitReady()) {
                told = cancel(stage.books(), load, TOLD);
                worker.shutDown();
            }
            stage.worker("polls", "--pgjobq.notify.enabled=false").awaitReady();
            List<Duration> untold = cancel(stage.books(), load, UNTOLD);

            stage.report(
                    TOLD + " running jobs cancelled by another process; and " + UNTOLD + " on a worker that only polls",
                    stage.audit().assertClean(),
                    "interrupted after " + Figures.medianAndWorst(told) + "; by a heartbeat after "
                            + Figures.medianAndWorst(untold));
            assertThat(stage.audit().cancelled()).isEqualTo(TOLD + UNTOLD);
            assertThat(Figures.median(told)).isLessThan(PROMISED);
            assertThat(Figures.worst(untold)).isLessThan(WITHOUT_A_NOTIFICATION);
        }
    }

    private static List<Duration> cancel(Books books, Load load, int times) {
        List<Duration> after = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            long job = load.send(Queues.PLAIN, Task.of(Duration.ZERO, Deed.UNTIL_CANCELLED), 1)
                    .get(0);
            awaitOne(books, "select count(*) from books.started where job_id = ?", job);
            OffsetDateTime asked = books.now();
            assertThat(load.pgJobQ().jobs().cancel(job, "no longer wanted")).isEqualTo(CancelResult.REQUESTED);
            awaitOne(books, "select count(*) from books.interrupted where job_id = ?", job);
            awaitOne(books, "select count(*) from pgjobq.finished_job where id = ? and state = 'cancelled'", job);
            after.add(books.duration("interrupted_at - ? from books.interrupted where job_id = ?", asked, job));
        }
        return after;
    }

    private static void awaitOne(Books books, String count, long job) {
        await().pollInterval(Duration.ofMillis(5)).until(() -> books.count(count, job) == 1);
    }
}
