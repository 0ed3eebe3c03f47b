package io.pgjobq.readme;

import io.pgjobq.Handler;
import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobRetry;
import io.pgjobq.JobSchedule;
import io.pgjobq.JobSender;
import io.pgjobq.PgJobQ;
import io.pgjobq.SentJob;
import io.pgjobq.Unique;
import io.pgjobq.WorkerContainer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What the README shows; a test compares the two, line by line. */
class ReadmeSnippets {

    record WelcomeEmail(String to, String name) {}

    record Receipt(String messageId) {}

    @Component
    static class Emails {

        @JobHandler("emails")
        Receipt send(WelcomeEmail email, JobContext job) {
            return new Receipt(email.to() + " #" + job.attempt());
        }
    }

    @Service
    static class SignUp {

        private final JobSender jobs;
        private final JdbcClient database;

        SignUp(JobSender jobs, JdbcClient database) {
            this.jobs = jobs;
            this.database = database;
        }

        @Transactional
        void register(String name, String email) {
            database.sql("insert into person (name, email) values (?, ?)")
                    .params(name, email)
                    .update();
            jobs.send("emails", new WelcomeEmail(email, name));
        }
    }

    @Component
    static class Nightly {

        private final JdbcClient database;

        Nightly(JdbcClient database) {
            this.database = database;
        }

        @JobHandler(value = "nightly", timeLimit = "10m")
        @JobSchedule(cron = "0 30 3 * * *", zone = "Europe/Paris")
        @JobRetry(value = DataAccessException.class, delay = "1m")
        void forget() {
            database.sql("delete from person where name is null").update();
        }
    }

    record ImportLine(String text) {}

    interface Table {

        void insertAll(List<ImportLine> lines);
    }

    static class Imports {

        private final Table table;

        Imports(Table table) {
            this.table = table;
        }

        @Transactional
        @JobHandler(value = "imports", batchSize = 500)
        public void insert(List<ImportLine> lines) {
            table.insertAll(lines);
        }
    }

    static SentJob<Receipt> more(
            JobSender jobs, WelcomeEmail email, List<WelcomeEmail> manyEmails, Queue<JobOutcome<Receipt>> outcomes) {
        SentJob<Receipt> sent = jobs.to("emails")
                .delay(Duration.ofMillis(50))
                .priority(2)
                .attribute("tenant", "acme")
                .unique(Unique.key("welcome " + email.to()))
                .send(email, Receipt.class);
        sent.completion().thenAccept(outcome -> outcomes.add(outcome));
        jobs.sendAll("emails", manyEmails);
        return sent;
    }

    static PgJobQ withoutBoot(DataSource dataSource, Handler handler) {
        PgJobQ pgJobQ = PgJobQ.builder(dataSource).build();
        WorkerContainer emails = pgJobQ.container("emails", List.of(handler));
        pgJobQ.start();
        emails.start();
        pgJobQ.sender().send("emails", new WelcomeEmail("ada@example.org", "Ada"));
        return pgJobQ;
    }

    static <T> Queue<T> queue() {
        return new ConcurrentLinkedQueue<>();
    }
}
