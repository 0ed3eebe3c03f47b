package io.pgjobq.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.pgjobq.BackOff;
import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobRetry;
import io.pgjobq.RetryDecision;
import io.pgjobq.RetryPolicy;
import io.pgjobq.test.Analyses;
import io.pgjobq.test.LogLines;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.MapPropertySource;

/** What becomes of a handler's failed jobs, as its annotations and the beans say. */
class HandlerRetriesTests {

    private static final BackOff QUEUE = BackOff.fixed(Duration.ofSeconds(7));

    static class Plain {

        @JobHandler("work")
        void handle(String payload) {}
    }

    static class Ruled {

        @JobHandler("work")
        @JobRetry(value = IOException.class, excludes = FileNotFoundException.class, maxAttempts = 5, delay = "${wait}")
        @JobRetry(value = SocketTimeoutException.class, delay = "PT1M", jitter = 0)
        @JobRetry(
                value = {IllegalArgumentException.class, IllegalStateException.class},
                maxAttempts = 1)
        @JobRetry(maxAttempts = 3)
        void handle(String payload) {}
    }

    @Test
    void withoutARuleOrABeanTheQueueAloneDecides() {
        try (ScannedHandlers handlers = ScannedHandlers.of(Plain.class)) {
            assertThat(handlers.only("work").retry()).isNull();
        }
    }

    @Test
    void theNearestClassDecides() {
        assertThat(ruled(new IOException(), 1)).isEqualTo(after(30_000));
        assertThat(ruled(new SocketTimeoutException(), 1)).isEqualTo(after(60_000));
        assertThat(ruled(new NumberFormatException(), 1)).isEqualTo(RetryDecision.dead());
    }

    @Test
    void aCauseDecidesWhereWhatWasThrownDoesNot() {
        assertThat(ruled(new UncheckedIOException(new IOException()), 1)).isEqualTo(after(30_000));
        assertThat(ruled(new IllegalStateException(new IOException()), 1)).isEqualTo(RetryDecision.dead());
    }

    @Test
    void whatIsExcludedIsLeftToTheOthersAlsoAsACause() {
        assertThat(ruled(new FileNotFoundException(), 1)).isEqualTo(after(7_000));
        assertThat(ruled(new IOException(new FileNotFoundException()), 1)).isEqualTo(after(7_000));
    }

    @Test
    void aRuleSaysHowOftenAndTheOneForTheRestToo() {
        assertThat(ruled(new IOException(), 4)).isEqualTo(after(30_000));
        assertThat(ruled(new IOException(), 5)).isEqualTo(RetryDecision.dead());
        assertThat(ruled(new Error(), 2)).isEqualTo(after(7_000));
        assertThat(ruled(new Error(), 3)).isEqualTo(RetryDecision.dead());
    }

    @Test
    void causesThatGoRoundAreFollowedToAnEnd() {
        Exception one = new Exception();
        Exception other = new Exception(one);
        one.initCause(other);
        assertThat(ruled(one, 1)).isEqualTo(after(7_000));
    }

    @Test
    void whatAHandlerDoesAboutFailuresIsSaidOnceAtTheStart() {
        try (LogLines log = LogLines.capture()) {
            ruled(new IOException(), 1);
            assertThat(log.with("INFO"))
                    .contains("INFO Ruled.handle(String): retries IOException but FileNotFoundException: up to 5"
                            + " attempts, first after 30000 ms; SocketTimeoutException: first after 60000 ms;"
                            + " IllegalArgumentException or IllegalStateException: never; the rest: up to 3 attempts;"
                            + " then as its queue says");
        }
    }

    @Order(2)
    static class Late implements RetryPolicy {

        @Override
        public RetryDecision decide(JobContext job, Throwable failure, BackOff backOff) {
            return RetryDecision.retryAfter(Duration.ofSeconds(2));
        }
    }

    @Order(1)
    static class Early implements RetryPolicy {

        @Override
        public @Nullable RetryDecision decide(JobContext job, Throwable failure, BackOff backOff) {
            return failure instanceof IllegalStateException ? RetryDecision.retryAfter(Duration.ofSeconds(1)) : null;
        }
    }

    static class OneRule {

        @JobHandler("work")
        @JobRetry(value = IOException.class, maxAttempts = 1)
        void handle(String payload) {}
    }

    @Test
    void annotationsAreAskedBeforeBeansAndTheseInTheirOrder() {
        try (ScannedHandlers handlers = ScannedHandlers.of(Late.class, Early.class, OneRule.class)) {
            RetryPolicy policy = handlers.only("work").retry();
            assertThat(decide(policy, new IOException(), 1)).isEqualTo(RetryDecision.dead());
            assertThat(decide(policy, new IllegalStateException(), 1)).isEqualTo(after(1_000));
            assertThat(decide(policy, new Exception(), 1)).isEqualTo(after(2_000));
        }
    }

    @JobRetry(value = IOException.class, maxAttempts = 1)
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface GivesUpOnIo {}

    static class Meta {

        @JobHandler("work")
        @GivesUpOnIo
        void handle(String payload) {}
    }

    @Test
    void aRuleMayComeWithAnotherAnnotation() {
        try (ScannedHandlers handlers = ScannedHandlers.of(Meta.class)) {
            assertThat(decide(handlers.only("work").retry(), new IOException(), 1))
                    .isEqualTo(RetryDecision.dead());
        }
    }

    static class StrangeDelay {

        @JobHandler("work")
        @JobRetry(delay = "soon")
        void handle(String payload) {}
    }

    static class TooOften {

        @JobHandler("work")
        @JobRetry(maxAttempts = 101)
        void handle(String payload) {}
    }

    static class TooWide {

        @JobHandler("work")
        @JobRetry(jitter = 2)
        void handle(String payload) {}
    }

    static class TooSoonOver {

        @JobHandler("work")
        @JobRetry(delay = "2h", maxDelay = "1h")
        void handle(String payload) {}
    }

    @Test
    void whatCanNeverBeFailsTheStartByItsNameAndValue() {
        assertThat(refusal(StrangeDelay.class))
                .endsWith("can't be retried so: delay must be a duration such as 10s or PT10S, but is 'soon'.");
        assertThat(refusal(TooOften.class)).endsWith("maxAttempts must be from 1 to 100, but is 101.");
        assertThat(refusal(TooWide.class)).contains("jitter must be from 0 to 1, but is 2.0");
        assertThat(refusal(TooSoonOver.class)).contains("must not exceed the max-delay of PT1H");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void aLongFirstWaitRaisesTheQueuesLongest(int attempt) {
        RetryRule rule = new RetryRule(List.of(), List.of(), 0, Duration.ofHours(3), null, null, null);
        assertThat(rule.backOff(QUEUE).delayAfter(attempt, 0)).isEqualTo(Duration.ofHours(3));
    }

    private static String refusal(Class<?> handler) {
        InvalidJobHandlerException refused =
                catchThrowableOfType(InvalidJobHandlerException.class, () -> ScannedHandlers.of(handler));
        FailureAnalysis analysis = Analyses.of(refused);
        assertThat(analysis.getAction()).isEqualTo("Correct its @JobRetry annotation.");
        return analysis.getDescription();
    }

    private static @Nullable RetryDecision ruled(Throwable failure, int attempt) {
        try (ScannedHandlers handlers = ScannedHandlers.with(context -> {
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("test", Map.of("wait", "30s")));
            context.register(Ruled.class);
        })) {
            return decide(handlers.only("work").retry(), failure, attempt);
        }
    }

    private static @Nullable RetryDecision decide(@Nullable RetryPolicy policy, Throwable failure, int attempt) {
        JobContext job = mock(JobContext.class);
        when(job.attempt()).thenReturn(attempt);
        assertThat(policy).isNotNull();
        return policy.decide(job, failure, QUEUE);
    }

    private static RetryDecision after(long millis) {
        return RetryDecision.retryAfter(Duration.ofMillis(millis));
    }
}
