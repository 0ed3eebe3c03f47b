package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.JobHandler;
import io.pgjobq.JobSender;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Lazy;

/** Applications on an empty database, some of whose beans send before the application has started. */
@PostgresTest
class FirstStartIntegrationTests {

    private static TestDatabase database;

    record Name(String value) {}

    static class Greeter {

        static final AtomicInteger MADE = new AtomicInteger();

        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        Greeter() {
            MADE.incrementAndGet();
        }

        @JobHandler("${greetings:greetings}")
        void greet(Name name) {
            seen.add(name.value());
        }
    }

    /** What a {@code @Bean} method may return in place of the class that has the handler. */
    interface Polite {}

    static class HiddenGreeter extends Greeter implements Polite {}

    @Configuration(proxyBeanMethods = false)
    static class Hidden {

        @Bean
        Polite polite() {
            return new HiddenGreeter();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SenderAfterwards {

        @Bean
        @DependsOn("polite")
        EarlySender earlySender(JobSender jobs) {
            return new EarlySender(jobs, "greetings");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SenderBefore {

        @Bean
        EarlySender earlySender(JobSender jobs) {
            return new EarlySender(jobs, "greetings");
        }
    }

    static class EarlySender implements InitializingBean {

        private final JobSender jobs;
        private final String queue;
        int handlersBefore;

        EarlySender(JobSender jobs, String queue) {
            this.jobs = jobs;
            this.queue = queue;
        }

        @Override
        public void afterPropertiesSet() {
            Greeter.MADE.set(0);
            jobs.send(queue, new Name("Ada"));
            jobs.sendAll(queue, List.of(new Name("Grace")));
            handlersBefore = Greeter.MADE.get();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Handled {

        @Bean
        EarlySender earlySender(JobSender jobs) {
            return new EarlySender(jobs, "greetings");
        }

        @Bean
        @DependsOn("earlySender")
        Greeter greeter() {
            return new Greeter();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Lazily {

        @Bean
        EarlySender earlySender(JobSender jobs) {
            return new EarlySender(jobs, "greetings");
        }

        @Bean
        @Lazy
        Greeter greeter() {
            return new Greeter();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Configured {

        @Bean
        EarlySender earlySender(JobSender jobs) {
            return new EarlySender(jobs, "reports/nightly");
        }
    }

    @Test
    void aQueueWithAHandlerIsThereForABeanThatSendsWhileItIsMade() {
        application("handled").withUserConfiguration(Handled.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(EarlySender.class).handlersBefore).isZero();
            assertGreeted(context.getBean(Greeter.class));
        });
    }

    @Test
    void aQueueWithALazyHandlerIsThereToo() {
        application("lazily")
                .withUserConfiguration(Lazily.class)
                .withPropertyValues("greetings=greetings")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(EarlySender.class).handlersBefore)
                            .isZero();
                    assertGreeted(context.getBean(Greeter.class));
                });
    }

    @Test
    void aQueueWithPropertiesIsThereWithItsSettings() {
        application("configured")
                .withUserConfiguration(Configured.class)
                .withPropertyValues("pgjobq.queues.[reports/nightly].max-attempts=7")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(database.queryOne("select max_attempts from configured.queue", Integer.class))
                            .isEqualTo(7);
                    assertThat(database.queryOne("select count(*) from configured.job", Long.class))
                            .isEqualTo(2);
                });
    }

    @Test
    void aHandlerThatAnInterfaceHidesIsSeenAsSoonAsItsBeanIsMade() {
        application("hidden")
                .withUserConfiguration(SenderAfterwards.class, Hidden.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertGreeted(context.getBean(HiddenGreeter.class));
                });
    }

    @Test
    void aHandlerThatAnInterfaceHidesIsNotSeenBeforeAndTheSenderIsToldWhy() {
        application("too_early")
                .withUserConfiguration(SenderBefore.class, Hidden.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(UnknownQueueException.class)
                        .hasMessageContaining("of a @Bean method, in the class that it returns"));
    }

    @Test
    void aQueueThatNobodyDeclaresIsUnknown() {
        application("undeclared")
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(JobSender.class).send("nobodys", new Name("Ada")))
                        .isInstanceOf(UnknownQueueException.class)
                        .hasMessageContaining("declare a @JobHandler for it"));
    }

    private static ApplicationContextRunner application(String schema) {
        return Applications.on(database, schema);
    }

    private static void assertGreeted(Greeter greeter) throws InterruptedException {
        assertThat(List.of(greeter.seen.poll(20, TimeUnit.SECONDS), greeter.seen.poll(20, TimeUnit.SECONDS)))
                .containsExactlyInAnyOrder("Ada", "Grace");
    }
}
