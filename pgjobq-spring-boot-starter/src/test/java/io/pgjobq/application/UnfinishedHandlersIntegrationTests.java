package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JobHandler;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobSender;
import io.pgjobq.SentJob;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import reactor.core.publisher.Mono;

/** Handlers whose work goes on after the call, in each of its forms. */
@PostgresTest
@AlsoOnOtherJdks
class UnfinishedHandlersIntegrationTests {

    private static final int WAIT_SECONDS = 30;

    private static TestDatabase database;

    /** What has been begun, to be ended by the test. */
    private final BlockingQueue<CompletableFuture<String>> works = new LinkedBlockingQueue<>();

    enum Form {
        STAGE(StageWork::new),
        MONO(MonoWork::new),
        SUSPENDING(SuspendingWork::new);

        private final Function<BlockingQueue<CompletableFuture<String>>, Object> handlers;

        Form(Function<BlockingQueue<CompletableFuture<String>>, Object> handlers) {
            this.handlers = handlers;
        }

        String schema(String test) {
            return test + "_" + name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    static class StageWork {

        private final BlockingQueue<CompletableFuture<String>> works;

        StageWork(BlockingQueue<CompletableFuture<String>> works) {
            this.works = works;
        }

        @JobHandler("work")
        CompletionStage<String> work(String name) {
            CompletableFuture<String> work = new CompletableFuture<>();
            works.add(work);
            return work;
        }
    }

    static class MonoWork {

        private final BlockingQueue<CompletableFuture<String>> works;

        MonoWork(BlockingQueue<CompletableFuture<String>> works) {
            this.works = works;
        }

        @JobHandler("work")
        Mono<String> work(String name) {
            return Mono.fromFuture(() -> {
                CompletableFuture<String> work = new CompletableFuture<>();
                works.add(work);
                return work;
            });
        }
    }

    /** Tells that whatever was sent before has been looked at. */
    static class Bell {

        @JobHandler("bell")
        String ring(String name) {
            return name;
        }
    }

    private ApplicationContextRunner application(Form form, String schema) {
        return Applications.on(database, schema)
                .withBean("handlers", Object.class, () -> form.handlers.apply(works))
                .withBean(Bell.class)
                .withPropertyValues(
                        "pgjobq.queues.work.concurrency=1",
                        "pgjobq.queues.work.max-attempts=2",
                        "pgjobq.defaults.retry.delay=10ms",
                        "pgjobq.defaults.shutdown-timeout=100ms");
    }

    @ParameterizedTest
    @EnumSource
    void aJobRunsAndTakesAPlaceUntilItsWorkEnds(Form form) {
        String schema = form.schema("pending");
        application(form, schema).run(context -> {
            SentJob<String> first = send(context);
            SentJob<String> second = send(context);
            CompletableFuture<String> work = begun();
            ring(context);
            assertThat(state(schema, first)).isEqualTo("running");
            assertThat(state(schema, second)).isEqualTo("ready");
            assertThat(ended(schema, first)).isZero();
            assertThat(container(context).activeJobs()).isEqualTo(1);
            assertThat(works).isEmpty();
            assertThat(first.completion()).isNotDone();

            work.complete("done");
            assertThat(outcome(first).resultOrThrow()).isEqualTo("done");
            assertThat(outcome(first).attempts()).isEqualTo(1);
            begun().complete("as well");
            assertThat(outcome(second).resultOrThrow()).isEqualTo("as well");
        });
    }

    @ParameterizedTest
    @EnumSource
    void workThatEndsWithoutValueIsASuccessWithoutResult(Form form) {
        String schema = form.schema("empty");
        application(form, schema).run(context -> {
            SentJob<String> sent = send(context);
            begun().complete(null);
            assertThat(outcome(sent)).isInstanceOf(JobOutcome.Succeeded.class);
            assertThat(outcome(sent).resultOrThrow()).isNull();
            assertThat(database.queryOne(
                            "select result is null from " + schema + ".finished_job where id = ?",
                            Boolean.class,
                            sent.id()))
                    .isTrue();
        });
    }

    @ParameterizedTest
    @EnumSource
    void workThatFailsLateIsAFailedAttemptWithItsError(Form form) {
        String schema = form.schema("failing");
        application(form, schema).run(context -> {
            SentJob<String> sent = send(context);
            begun().completeExceptionally(new IllegalStateException("no ink"));
            CompletableFuture<String> again = begun();
            assertThat(database.queryOne(
                            "select attempt || ' ' || (errors -> 0 ->> 'type') || ' ' || (errors -> 0 ->> 'message') from "
                                    + schema + ".job where id = ?",
                            String.class,
                            sent.id()))
                    .isEqualTo("1 java.lang.IllegalStateException no ink");
            again.completeExceptionally(new IllegalArgumentException("no paper"));
            assertThat(outcome(sent)).isInstanceOfSatisfying(JobOutcome.Dead.class, dead -> {
                assertThat(dead.attempts()).isEqualTo(2);
                assertThat(dead.error().type()).isEqualTo(IllegalArgumentException.class.getName());
                assertThat(dead.error().message()).isEqualTo("no paper");
            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void aShutdownCancelsTheWorkAndGivesTheJobBackUncharged(Form form) throws Exception {
        String schema = form.schema("cancelled");
        long[] id = new long[1];
        application(form, schema).run(context -> {
            id[0] = send(context).id();
            CompletableFuture<String> work = begun();
            context.close();
            await().untilAsserted(() -> assertThat(work).isCancelled());
        });
        assertThat(database.queryOne(
                        "select state || ' ' || attempt || ' ' || coalesce(errors::text, 'no error') from " + schema
                                + ".job_view where id = ?",
                        String.class,
                        id[0]))
                .isEqualTo("ready 0 no error");
        application(form, schema).run(context -> {
            begun().complete("done");
            await().untilAsserted(() -> assertThat(database.queryOne(
                            "select attempts from " + schema + ".finished_job where id = ?", Integer.class, id[0]))
                    .isEqualTo(1));
        });
    }

    private CompletableFuture<String> begun() throws InterruptedException {
        CompletableFuture<String> work = works.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(work).as("work that was begun").isNotNull();
        return work;
    }

    private static SentJob<String> send(ApplicationContext context) {
        return context.getBean(JobSender.class).to("work").send("letter", String.class);
    }

    private static void ring(ApplicationContext context) throws Exception {
        outcome(context.getBean(JobSender.class).to("bell").send("ring", String.class));
    }

    private static WorkerContainer container(ApplicationContext context) {
        return context.getBean("pgjobq.worker.work", WorkerContainer.class);
    }

    private static String state(String schema, SentJob<?> job) {
        return database.queryOne("select state from " + schema + ".job_view where id = ?", String.class, job.id());
    }

    private static Integer ended(String schema, SentJob<?> job) {
        return database.queryOne(
                "select count(*) from " + schema + ".finished_job where id = ?", Integer.class, job.id());
    }

    private static <R> JobOutcome<R> outcome(SentJob<R> sent) throws Exception {
        return sent.completion().get(WAIT_SECONDS, TimeUnit.SECONDS);
    }
}
