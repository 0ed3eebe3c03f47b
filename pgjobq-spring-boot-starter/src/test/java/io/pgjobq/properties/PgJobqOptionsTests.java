package io.pgjobq.properties;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.HistoryRetention;
import io.pgjobq.RetryPolicy;
import io.pgjobq.internal.engine.EngineOptions;
import io.pgjobq.internal.worker.WorkerOptions;
import io.pgjobq.test.Analyses;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

class PgJobqOptionsTests {

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(PgJobqProperties.class)
    static class OptionsConfiguration {

        @Bean
        PgJobqOptions options(PgJobqProperties properties, Environment environment) {
            return new PgJobqOptions(properties, environment);
        }
    }

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(OptionsConfiguration.class);

    @Test
    void withoutPropertiesTheCoreHasItsDefaults() {
        runner.withPropertyValues("pgjobq.node.name=node").run(context -> {
            PgJobqOptions options = context.getBean(PgJobqOptions.class);
            assertThat(options.engine()).isEqualTo(EngineOptions.DEFAULT);
            assertThat(options.worker("emails")).isEqualTo(WorkerOptions.DEFAULT);
            assertThat(options.runsJobs()).isTrue();
            assertThat(options.configuredQueues()).isEmpty();
        });
    }

    @Test
    void theEngineIsSetByProperties() {
        runner.withPropertyValues(
                        "pgjobq.schema=jobs",
                        "pgjobq.database-required=false",
                        "pgjobq.poll-interval=250ms",
                        "pgjobq.node.name=west-1",
                        "pgjobq.node.timeout=1m",
                        "pgjobq.completion.timeout=5s")
                .run(context -> assertThat(context.getBean(PgJobqOptions.class).engine())
                        .isEqualTo(new EngineOptions(
                                "jobs",
                                "west-1",
                                Duration.ofMinutes(1),
                                Duration.ofMillis(250),
                                Duration.ofSeconds(5),
                                false,
                                false)));
    }

    @Test
    void aQueueOverridesWhatWorkersDoByDefault() {
        runner.withPropertyValues(
                        "pgjobq.worker.concurrency=20",
                        "pgjobq.worker.retry.delay=2s",
                        "pgjobq.history.succeeded=0",
                        "pgjobq.queues.emails.concurrency=50",
                        "pgjobq.queues.emails.max-attempts=8",
                        "pgjobq.queues.emails.retry.max-delay=1m",
                        "pgjobq.queues.emails.auto-startup=false",
                        "pgjobq.queues.emails.shutdown-timeout=3s",
                        "pgjobq.queues.emails.history.dead=7d")
                .run(context -> {
                    PgJobqOptions options = context.getBean(PgJobqOptions.class);
                    assertThat(options.worker("emails"))
                            .isEqualTo(new WorkerOptions(
                                    50,
                                    8,
                                    new RetryPolicy(Duration.ofSeconds(2), 2, Duration.ofMinutes(1), 0.2),
                                    Duration.ofSeconds(3),
                                    false,
                                    new HistoryRetention(Duration.ZERO, Duration.ofDays(7))));
                    assertThat(options.worker("others").concurrency()).isEqualTo(20);
                    assertThat(options.configuredQueues()).containsExactly("emails");
                });
    }

    @Test
    void theNodeIsNamedAfterApplicationAndHost() {
        runner.withPropertyValues("spring.application.name=shop", "HOSTNAME=web-7")
                .run(context -> assertThat(
                                context.getBean(PgJobqOptions.class).engine().nodeName())
                        .isEqualTo("shop@web-7"));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void jobsRunOnVirtualThreadsWhereTheApplicationDoes() {
        runner.withPropertyValues("spring.threads.virtual.enabled=true")
                .run(context -> assertThat(
                                context.getBean(PgJobqOptions.class).engine().virtualThreads())
                        .isTrue());
    }

    @Test
    void aMisspelledPropertyFailsTheStart() {
        runner.withPropertyValues("pgjobq.worker.concurency=20")
                .run(context -> assertThat(
                                Analyses.of(context.getStartupFailure()).getDescription())
                        .contains("pgjobq.worker.concurency"));
    }

    @ParameterizedTest
    @CsvSource({
        "pgjobq.schema, Jobs",
        "pgjobq.poll-interval, 0s",
        "pgjobq.node.timeout, 1s",
        "pgjobq.completion.timeout, 0s",
        "pgjobq.history.succeeded, -1s",
        "pgjobq.history.dead, -1s",
        "pgjobq.worker.concurrency, 0",
        "pgjobq.worker.max-attempts, 101",
        "pgjobq.worker.shutdown-timeout, -1s",
        "pgjobq.worker.retry.delay, -1s",
        "pgjobq.worker.retry.multiplier, 0.5",
        "pgjobq.worker.retry.max-delay, 366d",
        "pgjobq.worker.retry.jitter, 2.0",
        "pgjobq.queues.emails.concurrency, 0",
        "pgjobq.queues.emails.max-attempts, 101",
        "pgjobq.queues.emails.shutdown-timeout, -1s",
        "pgjobq.queues.emails.retry.delay, 11m",
        "pgjobq.queues.emails.retry.multiplier, 0.5",
        "pgjobq.queues.emails.retry.max-delay, 366d",
        "pgjobq.queues.emails.retry.jitter, 2.0",
        "pgjobq.queues.emails.history.succeeded, -1s",
        "pgjobq.queues.emails.history.dead, -1s"
    })
    void aValueThatMakesNoSenseFailsTheStartWithTheFullNameAndTheRule(String property, String value) {
        runner.withPropertyValues(property + "=" + value).run(context -> {
            FailureAnalysis analysis = Analyses.of(context.getStartupFailure());
            assertThat(analysis.getDescription())
                    .startsWith(property + " must ")
                    .matches(".*, but is '?" + shown(value) + "'?\\.");
            assertThat(analysis.getAction()).contains(property);
        });
    }

    private static String shown(String value) {
        boolean isDuration = value.matches("-?\\d+[smd]");
        return isDuration
                ? org.springframework.boot.convert.DurationStyle.detectAndParse(value)
                        .toString()
                : value;
    }

    @Test
    void aShutdownThatSpringWouldCutShortFailsTheStart() {
        runner.withPropertyValues("pgjobq.worker.shutdown-timeout=31s").run(context -> {
            FailureAnalysis analysis = Analyses.of(context.getStartupFailure());
            assertThat(analysis.getDescription())
                    .contains("pgjobq.worker.shutdown-timeout must not exceed "
                            + "spring.lifecycle.timeout-per-shutdown-phase (PT30S), but is PT31S");
            assertThat(analysis.getAction()).contains("raise spring.lifecycle.timeout-per-shutdown-phase");
        });
    }

    @Test
    void aQueueWithAShutdownThatSpringWouldCutShortFailsTheStart() {
        runner.withPropertyValues(
                        "spring.lifecycle.timeout-per-shutdown-phase=40s", "pgjobq.queues.emails.shutdown-timeout=41s")
                .run(context -> assertThat(
                                Analyses.of(context.getStartupFailure()).getDescription())
                        .contains("pgjobq.queues.emails.shutdown-timeout must not exceed"));
    }

    @Test
    void anApplicationThatOnlySendsMayStopAsFastAsItLikes() {
        runner.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=1s", "pgjobq.worker.enabled=false")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aQueueNameThatLostItsSpecialCharactersFailsTheStart() {
        runner.withPropertyValues("pgjobq.queues.mail/out.concurrency=3").run(context -> {
            PgJobqOptions options = context.getBean(PgJobqOptions.class);
            assertThat(options.configuredQueues()).containsExactly("mailout");
            FailureAnalysis analysis = Analyses.of(
                    org.assertj.core.api.Assertions.catchThrowable(() -> options.checkQueueNames(List.of("mail/out"))));
            assertThat(analysis.getDescription()).contains("pgjobq.queues.mailout is set");
            assertThat(analysis.getAction()).contains("pgjobq.queues[mail/out]");
        });
    }

    @Test
    void aQueueNameInBracketsIsTakenAsItIs() {
        runner.withPropertyValues("pgjobq.queues[mail/out.eu].concurrency=3").run(context -> {
            PgJobqOptions options = context.getBean(PgJobqOptions.class);
            options.checkQueueNames(List.of("mail/out.eu"));
            assertThat(options.worker("mail/out.eu").concurrency()).isEqualTo(3);
        });
    }
}
