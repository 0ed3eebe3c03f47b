package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobInterceptor;
import io.pgjobq.JobInvocation;
import io.pgjobq.JobListener;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobSender;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** Beans around handlers' calls, and beans that are told of attempts. */
@PostgresTest
class InterceptorsIntegrationTests {

    private static TestDatabase database;

    private static final BlockingQueue<String> CALLS = new LinkedBlockingQueue<>();
    private static final BlockingQueue<String> TOLD = new LinkedBlockingQueue<>();

    static class Handlers {

        private final JdbcClient jdbc;

        Handlers(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        @JobHandler("plain")
        String work(String name) {
            CALLS.add("handler of " + name);
            return name;
        }

        @Transactional
        @JobHandler("transactional")
        public String workInTransaction(String name) {
            CALLS.add("handler of " + name);
            jdbc.sql("insert into note values (?)").param(name).update();
            return name;
        }
    }

    /** Needs the sender, which needs what calls it. */
    @Order(1)
    static class Outer implements JobInterceptor {

        private final JobSender sender;

        Outer(JobSender sender) {
            this.sender = sender;
        }

        @Override
        public @Nullable Object intercept(JobInvocation invocation) throws Throwable {
            CALLS.add("outer " + (sender != null) + " " + invocation.payload());
            return invocation.proceed() + "!";
        }
    }

    @Order(2)
    static class Inner implements JobInterceptor {

        @Override
        public @Nullable Object intercept(JobInvocation invocation) throws Throwable {
            CALLS.add("inner " + invocation.context().queue());
            Object result = invocation.proceed();
            if ("refused".equals(result)) {
                throw new NonRetryableJobException("by the interceptor");
            }
            return result;
        }
    }

    static class Listener implements JobListener {

        @Override
        public void started(JobContext job) {
            TOLD.add("started " + job.queue());
        }

        @Override
        public void succeeded(JobContext job, Duration ran) {
            TOLD.add("succeeded " + job.queue() + " " + !ran.isNegative());
        }

        @Override
        public void died(JobContext job, Throwable failure) {
            TOLD.add("died " + job.queue() + " " + failure.getMessage());
        }
    }

    @Test
    void beansAreCalledAroundHandlersInTheirTransactionAndToldOfAttempts() {
        Applications.on(database, "intercepted")
                .withBean("inner", Inner.class)
                .withBean("outer", Outer.class)
                .withBean(Listener.class)
                .withBean(Handlers.class)
                .run(context -> {
                    JobSender sender = context.getBean(JobSender.class);
                    context.getBean(JdbcClient.class)
                            .sql("create table note (text text)")
                            .update();
                    for (String queue : List.of("plain", "transactional")) {
                        assertThat(end(sender, queue, "done").resultOrThrow()).isEqualTo("done!");
                        calledAndTold(queue, "done", "succeeded " + queue + " true");
                        assertThat(end(sender, queue, "refused")).isInstanceOf(JobOutcome.Dead.class);
                        calledAndTold(queue, "refused", "died " + queue + " by the interceptor");
                    }
                    assertThat(context.getBean(JdbcClient.class)
                                    .sql("select text from note")
                                    .query(String.class)
                                    .list())
                            .as("what the interceptor's failure has not rolled back")
                            .containsExactly("done");
                });
    }

    private static JobOutcome<String> end(JobSender sender, String queue, String name) throws Exception {
        return sender.to(queue).send(name, String.class).completion().get(10, TimeUnit.SECONDS);
    }

    private static void calledAndTold(String queue, String name, String end) throws InterruptedException {
        for (String expected : List.of("outer true " + name, "inner " + queue, "handler of " + name)) {
            assertThat(CALLS.poll(10, TimeUnit.SECONDS)).isEqualTo(expected);
        }
        for (String expected : List.of("started " + queue, end)) {
            assertThat(TOLD.poll(10, TimeUnit.SECONDS)).isEqualTo(expected);
        }
        assertThat(CALLS).isEmpty();
        assertThat(TOLD).isEmpty();
    }
}
