package io.pgjobq.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgjobq.JobHandler;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.test.Analyses;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.Deferred;
import kotlinx.coroutines.DelayKt;
import kotlinx.coroutines.JobKt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.scheduling.annotation.Async;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class HandlerReturnTests {

    record Email(String to) {}

    static class Waiting {

        private final CountDownLatch disposed = new CountDownLatch(1);

        @JobHandler("mono")
        Mono<String> mono(Email email) {
            return Mono.delay(Duration.ofMillis(1)).map(tick -> "to " + email.to());
        }

        @JobHandler("never")
        Mono<String> never(Email email) {
            return Mono.<String>never().doOnCancel(disposed::countDown);
        }

        @JobHandler("object")
        Object object(Email email) {
            return Mono.just("to " + email.to());
        }

        @JobHandler("stage")
        CompletionStage<String> stage(Email email) {
            return CompletableFuture.completedFuture("to " + email.to());
        }

        // As Kotlin compiles "suspend fun suspending(email: Email)", which here waits for so long and returns nothing.
        @JobHandler("suspending")
        Object suspending(Email email, Continuation<? super Unit> continuation) {
            return DelayKt.delay(Long.parseLong(email.to()), continuation);
        }

        @JobHandler("at-once")
        Object atOnce(Email email, Continuation<? super String> continuation) throws Exception {
            if (email.to().isEmpty()) {
                throw new Exception("nobody");
            }
            return "to " + email.to();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mono", "object", "stage", "at-once"})
    void whatTheWorkerCanWaitForEndsWithTheResult(String queue) throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(Waiting.class)) {
            assertThat(work(handlers, queue, "ada").get(20, TimeUnit.SECONDS)).isEqualTo("to ada");
        }
    }

    @Test
    void aCancelledMonoIsDisposedOf() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(Waiting.class)) {
            work(handlers, "never", "ada").cancel(true);
            assertThat(handlers.bean(Waiting.class).disposed.await(20, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void aSuspendingFunctionEndsWhenItReturnsAndUnitIsNoResult() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(Waiting.class)) {
            CompletableFuture<?> work = work(handlers, "suspending", "20");
            assertThat(work).isNotDone();
            assertThat(work.get(20, TimeUnit.SECONDS)).isNull();
        }
    }

    static class Cancelled {

        private final CompletableFuture<Throwable> end = new CompletableFuture<>();

        @JobHandler("cancelled")
        Object handle(Email email, Continuation<? super Unit> continuation) {
            JobKt.getJob(continuation.getContext()).invokeOnCompletion(cause -> {
                end.complete(cause);
                return Unit.INSTANCE;
            });
            return DelayKt.delay(Long.MAX_VALUE, continuation);
        }
    }

    @Test
    void aCancelledSuspendingFunctionIsCancelled() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(Cancelled.class)) {
            work(handlers, "cancelled", "ada").cancel(true);
            assertThat(handlers.bean(Cancelled.class).end.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void aSuspendingFunctionThatThrowsFailsWithIt() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(Waiting.class)) {
            assertThat(work(handlers, "at-once", ""))
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .havingRootCause()
                    .withMessage("nobody");
        }
    }

    static class Streaming {

        @JobHandler("work")
        Flux<String> handle(Email email) {
            return Flux.empty();
        }
    }

    static class Futures {

        @JobHandler("work")
        Future<String> handle(Email email) {
            return new CompletableFuture<>();
        }
    }

    static class Streams {

        @JobHandler("work")
        Stream<String> handle(Email email) {
            return Stream.empty();
        }
    }

    static class Publishers {

        @JobHandler("work")
        Flow.Publisher<String> handle(Email email) {
            return subscriber -> {};
        }
    }

    static class KotlinFlows {

        @JobHandler("work")
        kotlinx.coroutines.flow.Flow<String> handle(Email email) {
            return null;
        }
    }

    static class SuspendedFlows {

        @JobHandler("work")
        Object handle(Email email, Continuation<? super kotlinx.coroutines.flow.Flow<String>> continuation) {
            return null;
        }
    }

    static class Jobs {

        @JobHandler("work")
        Deferred<String> handle(Email email) {
            return null;
        }
    }

    static class StageOfStage {

        @JobHandler("work")
        CompletableFuture<CompletableFuture<String>> handle(Email email) {
            return null;
        }
    }

    static class MonoOfFuture {

        @JobHandler("work")
        Mono<Future<String>> handle(Email email) {
            return Mono.empty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Streaming.class,
                Futures.class,
                Streams.class,
                Publishers.class,
                KotlinFlows.class,
                SuspendedFlows.class,
                Jobs.class,
                StageOfStage.class,
                MonoOfFuture.class
            })
    void whatCantBeWaitedForFailsTheStart(Class<?> component) {
        FailureAnalysis analysis = analysisOf(component);
        assertThat(analysis.getDescription())
                .startsWith(component.getName() + ".handle(Email) returns ")
                .endsWith(", of which the end of its work can't be told.");
        assertThat(analysis.getAction()).contains("a CompletionStage or a Mono");
    }

    /** As Boot prints them to somebody who knows nothing of this. */
    @Test
    void refusalsSayWhatIsWrongAndWhatToDo() {
        FailureAnalysis flux = analysisOf(Streaming.class);
        assertThat(flux.getDescription())
                .isEqualTo(
                        Streaming.class.getName() + ".handle(Email) returns reactor.core.publisher.Flux, of which the"
                                + " end of its work can't be told.");
        assertThat(flux.getAction())
                .isEqualTo(
                        "Return the result itself, a CompletionStage or a Mono (then() and collectList() make one of a"
                                + " Flux), or make it a suspending function: these end with the work.");
        FailureAnalysis async = analysisOf(AsyncMethod.class);
        assertThat(async.getDescription())
                .isEqualTo(
                        AsyncMethod.class.getName() + ".handle(Email) is @Async, so that it returns before its work is"
                                + " done, and its job would count as done.");
        assertThat(async.getAction())
                .isEqualTo(
                        "Take @Async away: handlers run on threads of their own, and one whose work goes on elsewhere"
                                + " returns a CompletionStage that ends with it.");
    }

    static class Opaque {

        @JobHandler("flux")
        Object flux(Email email) {
            return Flux.just("x");
        }
    }

    @Test
    void whatTurnsOutToBeUnwaitableIsRefusedThen() {
        try (ScannedHandlers handlers = ScannedHandlers.of(Opaque.class)) {
            assertThatExceptionOfType(NonRetryableJobException.class)
                    .isThrownBy(() -> handlers.run("flux", new Email("ada")))
                    .withMessageContaining("the end of its work can't be told");
        }
    }

    static class AsyncMethod {

        @Async
        @JobHandler("work")
        public void handle(Email email) {}
    }

    @Async
    static class AsyncClass {

        @JobHandler("work")
        CompletableFuture<String> handle(Email email) {
            return new CompletableFuture<>();
        }
    }

    @Async("pool")
    @Retention(RetentionPolicy.RUNTIME)
    @interface InBackground {}

    static class ComposedAsync {

        @InBackground
        @JobHandler("work")
        void handle(Email email) {}
    }

    @ParameterizedTest
    @ValueSource(classes = {AsyncMethod.class, AsyncClass.class, ComposedAsync.class})
    void anAsyncHandlerFailsTheStart(Class<?> component) {
        FailureAnalysis analysis = analysisOf(component);
        assertThat(analysis.getDescription()).contains(component.getName() + ".handle(Email) is @Async");
        assertThat(analysis.getAction()).startsWith("Take @Async away");
    }

    @Test
    void anAsyncHandlerBehindAProxyFailsTheStart() {
        ProxyFactory factory = new ProxyFactory(new AsyncMethod());
        factory.setProxyTargetClass(true);
        Object proxy = factory.getProxy();
        InvalidJobHandlerException failure = catchThrowableOfType(
                InvalidJobHandlerException.class,
                () -> ScannedHandlers.with(context -> context.getBeanFactory().registerSingleton("async", proxy)));
        assertThat(failure).hasMessageContaining("is @Async");
    }

    private static FailureAnalysis analysisOf(Class<?> component) {
        return Analyses.of(catchThrowableOfType(InvalidJobHandlerException.class, () -> ScannedHandlers.of(component)));
    }

    private static CompletableFuture<?> work(ScannedHandlers handlers, String queue, String to) throws Throwable {
        return ((CompletionStage<?>) handlers.run(queue, new Email(to))).toCompletableFuture();
    }
}
