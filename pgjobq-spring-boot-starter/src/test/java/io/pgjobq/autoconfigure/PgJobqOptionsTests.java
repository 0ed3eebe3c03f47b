package io.pgjobq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.BackOff;
import io.pgjobq.ContainerOptions;
import io.pgjobq.HistoryRetention;
import io.pgjobq.KeyOrder;
import io.pgjobq.NodeOptions;
import io.pgjobq.QueueLimits;
import io.pgjobq.QueueOptions;
import io.pgjobq.Rate;
import io.pgjobq.properties.PgJobqProperties;
import io.pgjobq.test.Analyses;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.ObjectProvider;
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
        PgJobqOptions options(
                PgJobqProperties properties,
                ObjectProvider<QueueOptionsCustomizer> queues,
                ObjectProvider<ContainerOptionsCustomizer> containers,
                Environment environment) {
            return new PgJobqOptions(
                    properties,
                    new PgJobqOptions.Customizers(
                            queues.orderedStream().toList(),
                            containers.orderedStream().toList()),
                    environment);
        }
    }

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(OptionsConfiguration.class);

    @Test
    void withoutPropertiesTheCoreHasItsDefaults() {
        runner.withPropertyValues("pgjobq.node.name=node").run(context -> {
            PgJobqOptions options = context.getBean(PgJobqOptions.class);
            assertThat(options.node()).isEqualTo(NodeOptions.DEFAULT);
            assertThat(options.queue("emails")).isEqualTo(QueueOptions.DEFAULT);
            assertThat(options.container("emails")).isEqualTo(ContainerOptions.DEFAULT);
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
                .run(context -> assertThat(context.getBean(PgJobqOptions.class).node())
                        .isEqualTo(NodeOptions.builder()
                                .schema("jobs")
                                .name("west-1")
                                .timeout(Duration.ofMinutes(1))
                                .pollInterval(Duration.ofMillis(250))
                                .completionTimeout(Duration.ofSeconds(5))
                                .databaseRequired(false)
                                .build()));
    }

    @Test
    void aQueueOverridesWhatWorkersDoByDefault() {
        runner.withPropertyValues(
                        "pgjobq.defaults.concurrency=20",
                        "pgjobq.defaults.retry.delay=2s",
                        "pgjobq.defaults.history.succeeded=0",
                        "pgjobq.queues.emails.concurrency=50",
                        "pgjobq.queues.emails.max-prefetch=0",
                        "pgjobq.queues.emails.least-urgent-every=10",
                        "pgjobq.queues.emails.max-attempts=8",
                        "pgjobq.queues.emails.retry.max-delay=1m",
                        "pgjobq.defaults.limits.rate=600/1m",
                        "pgjobq.queues.emails.limits.concurrency=4",
                        "pgjobq.queues.emails.limits.burst=20",
                        "pgjobq.defaults.limits.concurrency-per-key=1",
                        "pgjobq.queues.emails.order-per-key=relaxed",
                        "pgjobq.queues.emails.auto-startup=false",
                        "pgjobq.queues.emails.shutdown-timeout=3s",
                        "pgjobq.queues.emails.history.dead=7d")
                .run(context -> {
                    PgJobqOptions options = context.getBean(PgJobqOptions.class);
                    assertThat(options.queue("emails"))
                            .isEqualTo(QueueOptions.builder()
                                    .maxAttempts(8)
                                    .history(new HistoryRetention(Duration.ZERO, Duration.ofDays(7)))
                                    .limits(QueueLimits.builder()
                                            .concurrency(4)
                                            .rate(Rate.perMinute(600))
                                            .burst(20)
                                            .concurrencyPerKey(1)
                                            .orderPerKey(KeyOrder.RELAXED)
                                            .build())
                                    .build());
                    assertThat(options.container("emails"))
                            .isEqualTo(ContainerOptions.builder()
                                    .concurrency(50)
                                    .maxPrefetch(0)
                                    .leastUrgentEvery(10)
                                    .retry(BackOff.builder()
                                            .delay(Duration.ofSeconds(2))
                                            .maxDelay(Duration.ofMinutes(1))
                                            .build())
                                    .shutdownTimeout(Duration.ofSeconds(3))
                                    .autoStartup(false)
                                    .build());
                    assertThat(options.container("others").concurrency()).isEqualTo(20);
                    assertThat(options.configuredQueues()).containsExactly("emails");
                });
    }

    @Test
    void customizersHaveTheLastWord() {
        runner.withPropertyValues("pgjobq.queues.emails.max-attempts=8", "pgjobq.queues.emails.concurrency=50")
                .withBean(QueueOptionsCustomizer.class, () -> (queue, options) -> {
                    if (queue.equals("emails")) {
                        options.maxAttempts(options.build().maxAttempts() + 1);
                    }
                })
                .withBean(ContainerOptionsCustomizer.class, () -> (queue, options) -> options.autoStartup(false))
                .run(context -> {
                    PgJobqOptions options = context.getBean(PgJobqOptions.class);
                    assertThat(options.queue("emails").maxAttempts()).isEqualTo(9);
                    assertThat(options.queue("others")).isEqualTo(QueueOptions.DEFAULT);
                    assertThat(options.container("emails").concurrency()).isEqualTo(50);
                    assertThat(options.container("emails").autoStartup()).isFalse();
                    assertThat(options.container("others").autoStartup()).isFalse();
                });
    }

    @Test
    void theNodeIsNamedAfterApplicationAndHost() {
        runner.withPropertyValues("spring.application.name=shop", "HOSTNAME=web-7")
                .run(context -> assertThat(
                                context.getBean(PgJobqOptions.class).node().name())
                        .isEqualTo("shop@web-7"));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void jobsRunOnVirtualThreadsWhereTheApplicationDoes() {
        runner.withPropertyValues("spring.threads.virtual.enabled=true")
                .run(context -> assertThat(
                                context.getBean(PgJobqOptions.class).node().virtualThreads())
                        .isTrue());
    }

    @Test
    void aMisspelledPropertyFailsTheStart() {
        runner.withPropertyValues("pgjobq.defaults.concurency=20")
                .run(context -> assertThat(
                                Analyses.of(context.getStartupFailure()).getDescription())
                        .contains("pgjobq.defaults.concurency"));
    }

    @ParameterizedTest
    @CsvSource({
        "pgjobq.schema, Jobs",
        "pgjobq.poll-interval, 0s",
        "pgjobq.node.timeout, 1s",
        "pgjobq.completion.timeout, 0s",
        "pgjobq.defaults.history.succeeded, -1s",
        "pgjobq.defaults.history.dead, -1s",
        "pgjobq.defaults.concurrency, 0",
        "pgjobq.defaults.least-urgent-every, 1",
        "pgjobq.defaults.max-attempts, 101",
        "pgjobq.defaults.shutdown-timeout, -1s",
        "pgjobq.defaults.retry.delay, -1s",
        "pgjobq.defaults.retry.multiplier, 0.5",
        "pgjobq.defaults.retry.max-delay, 366d",
        "pgjobq.defaults.retry.jitter, 2.0",
        "pgjobq.queues.emails.concurrency, 0",
        "pgjobq.queues.emails.max-attempts, 101",
        "pgjobq.queues.emails.limits.concurrency, 0",
        "pgjobq.queues.emails.limits.burst, 3",
        "pgjobq.queues.emails.limits.concurrency-per-key, 0",
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

    @Test
    void aRateThatIsNoneFailsTheStartAndSaysWhatOneLooksLike() {
        runner.withPropertyValues("pgjobq.queues.emails.limits.rate=fast").run(context -> {
            FailureAnalysis analysis = Analyses.of(context.getStartupFailure());
            assertThat(analysis.getDescription())
                    .contains("pgjobq.queues.emails.limits.rate", "fast", "such as 600/1m");
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
        runner.withPropertyValues("pgjobq.defaults.shutdown-timeout=31s").run(context -> {
            FailureAnalysis analysis = Analyses.of(context.getStartupFailure());
            assertThat(analysis.getDescription())
                    .contains("pgjobq.defaults.shutdown-timeout must not exceed "
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
            assertThat(options.container("mail/out.eu").concurrency()).isEqualTo(3);
        });
    }
}
