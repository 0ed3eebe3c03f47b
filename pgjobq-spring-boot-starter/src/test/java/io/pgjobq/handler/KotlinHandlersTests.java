package io.pgjobq.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgjobq.test.Analyses;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import kotlinx.coroutines.TimeoutCancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Handlers as Kotlin's compiler makes them. */
class KotlinHandlersTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @ParameterizedTest
    @ValueSource(strings = {"value", "at-once", "elsewhere"})
    void aSuspendingFunctionEndsWithWhatItReturns(String queue) throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(KotlinEnds.class)) {
            assertThat(work(handlers, queue).get(20, TimeUnit.SECONDS)).isEqualTo("to ada");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unit", "unit-at-once", "null"})
    void aSuspendingFunctionMayEndWithoutResult(String queue) throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(KotlinEnds.class)) {
            assertThat(work(handlers, queue).get(20, TimeUnit.SECONDS)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fails", "fails-at-once"})
    void aSuspendingFunctionFailsWithWhatItThrowsCheckedOrNot(String queue) throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(KotlinEnds.class)) {
            assertThat(work(handlers, queue))
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .havingRootCause()
                    .isInstanceOf(IOException.class)
                    .withMessage("no such place: ada");
        }
    }

    /** The time-out is a cancellation to Kotlin, but a failure to the queue. */
    @Test
    void aTimeOutInsideIsAFailureThatTellsOfIt() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(KotlinEnds.class)) {
            CompletableFuture<?> work = work(handlers, "times-out");
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            work.whenComplete((value, thrown) -> failure.complete(thrown));
            assertThat(failure.get(20, TimeUnit.SECONDS)).hasRootCauseInstanceOf(TimeoutCancellationException.class);
        }
    }

    @Test
    void aCancelledSuspendingFunctionMayTidyUp() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(KotlinEnds.class)) {
            CompletableFuture<?> work = work(handlers, "cancelled");
            assertThat(work).isNotDone();
            work.cancel(true);
            assertThat(handlers.bean(KotlinEnds.class).getCancelled().get(20, TimeUnit.SECONDS))
                    .isEqualTo("tidied up");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"private", "internal", "default", "interface"})
    void aSuspendingFunctionMayBeDeclaredInAnyWay(String queue) throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(KotlinKinds.class)) {
            assertThat(work(handlers, queue).get(20, TimeUnit.SECONDS)).isEqualTo("to ada");
        }
    }

    @Test
    void theTypeOfAnInheritedFunctionsPayloadIsKnown() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(KotlinKinds.class)) {
            assertThat(handlers.only("generic").types()).containsExactly("Parcel");
            assertThat(work(handlers, "generic").get(20, TimeUnit.SECONDS)).isEqualTo("carried Parcel(to=ada)");
        }
    }

    @Test
    void aFunctionThatDoesNotSuspendIsAMethodLikeAnyOther() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(KotlinKinds.class)) {
            assertThat(handlers.run("plain", new Parcel("ada"))).isEqualTo("to ada");
            assertThat(handlers.run("plain-unit", new Parcel("ada"))).isNull();
        }
    }

    /** Functions are final unless they are declared open: called on the proxy, they would see none of the bean's fields. */
    @ParameterizedTest
    @ValueSource(strings = {"final", "open"})
    void aFunctionOfABeanBehindAProxySeesTheBean(String queue) throws Throwable {
        ProxyFactory factory = new ProxyFactory(new KotlinBehindProxy());
        factory.setProxyTargetClass(true);
        Object proxy = factory.getProxy();
        try (ScannedHandlers handlers =
                ScannedHandlers.with(context -> context.getBeanFactory().registerSingleton("proxied", proxy))) {
            assertThat(work(handlers, queue).get(20, TimeUnit.SECONDS)).isEqualTo("here, to ada");
        }
    }

    @Test
    void noDefaultStandsForASecondParameter() {
        assertThat(analysisOf(KotlinSecondParameter.class).getDescription())
                .isEqualTo(KotlinSecondParameter.class.getName()
                        + ".handle(Parcel, JobContext, int) has more than one payload parameter.");
    }

    @Test
    void aTransactionalSuspendingFunctionFailsTheStart() {
        FailureAnalysis analysis = analysisOf(KotlinTransactional.class);
        assertThat(analysis.getDescription())
                .isEqualTo(
                        KotlinTransactional.class.getName() + ".handle(Parcel) is @Transactional, but its work goes on"
                                + " after the call, which commits its transaction.");
    }

    @Test
    void anAsyncSuspendingFunctionFailsTheStart() {
        assertThat(analysisOf(KotlinAsync.class).getDescription()).contains(".handle(Parcel) is @Async");
    }

    private static FailureAnalysis analysisOf(Class<?> component) {
        return Analyses.of(catchThrowableOfType(InvalidJobHandlerException.class, () -> ScannedHandlers.of(component)));
    }

    private static CompletableFuture<?> work(ScannedHandlers handlers, String queue) throws Throwable {
        return ((CompletionStage<?>) handlers.run(queue, new Parcel("ada"))).toCompletableFuture();
    }
}
