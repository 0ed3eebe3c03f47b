package io.pgjobq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTests {

    @ParameterizedTest
    @CsvSource({"1, 1, PT0S", "10000, 100, P1D"})
    void theLimitsAreAllowed(int concurrency, int maxAttempts, Duration shutdown) {
        assertThatNoException().isThrownBy(() -> build(concurrency, maxAttempts, shutdown));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, PT1S, concurrency, 0, must be from 1 to 10000",
        "10001, 1, PT1S, concurrency, 10001, must be from 1 to 10000",
        "1, 0, PT1S, max-attempts, 0, must be from 1 to 100",
        "1, 101, PT1S, max-attempts, 101, must be from 1 to 100",
        "1, 1, PT-1S, shutdown-timeout, PT-1S, must be from 0 to 1 day",
        "1, 1, P2D, shutdown-timeout, PT48H, must be from 0 to 1 day",
    })
    void whatIsBeyondIsRefusedByName(
            int concurrency, int maxAttempts, Duration shutdown, String option, String value, String rule) {
        assertThatThrownBy(() -> build(concurrency, maxAttempts, shutdown))
                .hasMessage(option + " " + rule + ", but is " + value)
                .asInstanceOf(type(InvalidOptionException.class))
                .returns(option, InvalidOptionException::option)
                .returns(value, InvalidOptionException::value)
                .returns(rule, InvalidOptionException::rule);
    }

    @Test
    void limitsThatMakeNoSenseAreRefusedByName() {
        QueueLimits.Builder limits = QueueLimits.builder();
        assertThatThrownBy(() -> limits.concurrency(0))
                .hasMessage("limits.concurrency must be from 1 to 1000000, but is 0");
        assertThatThrownBy(() -> QueueLimits.builder().burst(3).build())
                .hasMessage("limits.burst must come with limits.rate, but is 3");
        assertThatThrownBy(() ->
                        QueueLimits.builder().rate(Rate.perSecond(2)).burst(3).build())
                .hasMessage("limits.burst must be from 1 to 2, but is 3");
        assertThat(QueueLimits.NONE).hasToString("none").isEqualTo(limits.build());
        QueueLimits all =
                limits.concurrency(8).rate(Rate.perMinute(600)).burst(20).build();
        assertThat(all).hasToString("concurrency 8, rate 600/1m, burst 20");
        assertThat(all.toBuilder().build()).isEqualTo(all).hasSameHashCodeAs(all);
        assertThat(QueueOptions.builder().limits(all).build().toBuilder()
                        .build()
                        .limits())
                .isEqualTo(all);
    }

    @ParameterizedTest
    @CsvSource({
        "PT-1S, PT1S, 'history.succeeded must be from 0 to 3660 days, but is PT-1S'",
        "PT1S, P3661D, 'history.dead must be from 0 to 3660 days, but is PT87864H'",
    })
    void historyHasLimitsToo(Duration succeeded, Duration dead, String message) {
        assertThatThrownBy(() -> new HistoryRetention(succeeded, dead))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 10_001})
    void aNodeHoldsNoFewerJobsThanNoneAndNotAllThereAre(int prefetch) {
        assertThatThrownBy(() -> ContainerOptions.builder().maxPrefetch(prefetch))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessage("max-prefetch must be from 0 to 10000, but is " + prefetch);
    }

    @Test
    void aBuilderOfOptionsStartsWithAllOfThem() {
        QueueOptions queue = QueueOptions.builder()
                .maxAttempts(3)
                .history(new HistoryRetention(Duration.ZERO, Duration.ofDays(1)))
                .build();
        ContainerOptions container = ContainerOptions.builder()
                .concurrency(3)
                .maxPrefetch(3)
                .leastUrgentEvery(4)
                .retry(BackOff.fixed(Duration.ZERO))
                .shutdownTimeout(Duration.ofSeconds(3))
                .autoStartup(false)
                .build();
        NodeOptions node = NodeOptions.builder()
                .schema("other")
                .name("one")
                .timeout(Duration.ofSeconds(3))
                .pollInterval(Duration.ofSeconds(3))
                .completionTimeout(Duration.ofSeconds(3))
                .databaseRequired(false)
                .virtualThreads(true)
                .build();
        assertThat(queue.toBuilder().build())
                .isEqualTo(queue)
                .hasSameHashCodeAs(queue)
                .isNotEqualTo(QueueOptions.DEFAULT);
        assertThat(container.toBuilder().build())
                .isEqualTo(container)
                .hasSameHashCodeAs(container)
                .isNotEqualTo(ContainerOptions.DEFAULT);
        assertThat(node.toBuilder().build())
                .isEqualTo(node)
                .hasSameHashCodeAs(node)
                .isNotEqualTo(NodeOptions.DEFAULT);
    }

    @Test
    void optionsSayWhatTheyAre() {
        assertThat(QueueOptions.DEFAULT)
                .hasToString("QueueOptions[maxAttempts=10, history=" + HistoryRetention.DEFAULT + ", limits=none]");
        assertThat(ContainerOptions.DEFAULT)
                .hasToString(
                        "ContainerOptions[concurrency=10, maxPrefetch=500, leastUrgentEvery=0, timeLimit=PT0S, retry="
                                + BackOff.DEFAULT + ", shutdownTimeout=PT25S, autoStartup=true]");
        assertThat(NodeOptions.DEFAULT).asString().startsWith("NodeOptions[schema=pgjobq, name=node, ");
    }

    private static void build(int concurrency, int maxAttempts, Duration shutdown) {
        QueueOptions.builder().maxAttempts(maxAttempts).build();
        ContainerOptions.builder()
                .concurrency(concurrency)
                .shutdownTimeout(shutdown)
                .build();
    }
}
