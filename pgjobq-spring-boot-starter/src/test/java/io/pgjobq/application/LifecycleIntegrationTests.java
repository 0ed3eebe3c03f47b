package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobSender;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.datasource.DelegatingDataSource;

@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
@AlsoThroughPgBouncer
@AlsoWithoutListening
@AlsoOnOtherJdks
class LifecycleIntegrationTests {

    private static final int WAIT_SECONDS = 30;

    private static TestDatabase database;

    record Task(String name) {}

    /** Notes each job, which ends when it is let go, interrupted or, if it is patient, told that the node stops. */
    static class Tasks {

        final BlockingQueue<String> started = new LinkedBlockingQueue<>();
        final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
        final CountDownLatch letGo = new CountDownLatch(1);

        @JobHandler("tasks")
        void run(Task task, JobContext job) throws InterruptedException {
            started.add(task.name() + " " + job.attempt());
            try {
                if (task.name().equals("patient")) {
                    Awaitility.await().atMost(Duration.ofSeconds(WAIT_SECONDS)).until(job::shouldStop);
                } else {
                    letGo.await();
                }
                ended.add("finished");
            } catch (InterruptedException e) {
                ended.add("interrupted");
                throw e;
            }
        }
    }

    /** Stops after the containers, like a web server that drains its requests. */
    static class LastRequest implements SmartLifecycle {

        private final JobSender sender;
        private volatile boolean running;

        LastRequest(JobSender sender) {
            this.sender = sender;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            sender.send("tasks", new Task("sent at the last moment"));
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return SmartLifecycle.DEFAULT_PHASE - 1024;
        }
    }

    private static ApplicationContextRunner tasks(String schema, Tasks tasks) {
        return Applications.on(database, schema).withBean(Tasks.class, () -> tasks);
    }

    @Test
    void aRunningJobIsFinishedBeforeTheApplicationEnds() {
        Tasks tasks = new Tasks();
        tasks("finishing", tasks).run(context -> {
            context.getBean(JobSender.class).send("tasks", new Task("patient"));
            assertThat(tasks.started.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("patient 1");
            context.close();
            assertThat(tasks.ended).containsExactly("finished");
        });
        assertThat(database.queryOne("select count(*) from finishing.job", Integer.class))
                .isZero();
    }

    @Test
    void aJobThatOutlastsTheShutdownIsInterruptedAndRunsElsewhereWithTheSameAttempt() {
        Tasks first = new Tasks();
        tasks("interrupted", first)
                .withPropertyValues("pgjobq.defaults.shutdown-timeout=100ms")
                .run(context -> {
                    context.getBean(JobSender.class).send("tasks", new Task("endless"));
                    assertThat(first.started.poll(WAIT_SECONDS, TimeUnit.SECONDS))
                            .isEqualTo("endless 1");
                    context.close();
                    assertThat(first.ended).containsExactly("interrupted");
                });
        Tasks second = new Tasks();
        second.letGo.countDown();
        tasks("interrupted", second)
                .run(context -> assertThat(second.started.poll(WAIT_SECONDS, TimeUnit.SECONDS))
                        .isEqualTo("endless 1"));
    }

    @Test
    void sendingWorksUntilTheLastRequestIsServed() {
        tasks("last_request", new Tasks()).withBean(LastRequest.class).run(context -> {
            context.close();
            assertThat(database.queryOne("select count(*) from last_request.job", Integer.class))
                    .isEqualTo(1);
        });
    }

    @Test
    void aDatabaseThatIsDownAtStartIsAwaited(CapturedOutput output) {
        AtomicBoolean up = new AtomicBoolean();
        Tasks tasks = new Tasks();
        tasks.letGo.countDown();
        tasks("awaited", tasks)
                .withBean(
                        "switchable",
                        DelegatingDataSource.class,
                        () -> new DelegatingDataSource(database.dataSource()) {
                            @Override
                            public Connection getConnection() throws SQLException {
                                if (!up.get()) {
                                    throw new SQLException("the database is down", "08001");
                                }
                                return super.getConnection();
                            }
                        },
                        definition -> definition.setPrimary(true))
                .withPropertyValues("pgjobq.database-required=false")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(output).contains("pgjobq starts without its database");
                    up.set(true);
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(WAIT_SECONDS))
                            .ignoreExceptions()
                            .until(() -> context.getBean(JobSender.class).send("tasks", new Task("late")) != null);
                    assertThat(tasks.started.poll(WAIT_SECONDS, TimeUnit.SECONDS))
                            .isEqualTo("late 1");
                });
    }

    @Test
    void anApplicationMayBeStoppedAndStartedAgain() {
        Tasks tasks = new Tasks();
        tasks.letGo.countDown();
        tasks("restarted", tasks).run(context -> {
            context.getSourceApplicationContext().stop();
            context.getSourceApplicationContext().start();
            SentJob<Void> sent = context.getBean(JobSender.class).to("tasks").send(new Task("again"), Void.class);
            sent.completion().get(WAIT_SECONDS, TimeUnit.SECONDS);
            assertThat(tasks.started).containsExactly("again 1");
        });
    }
}
