package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.Handler;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Handlers whose work goes on after the call. */
class UnfinishedWorkTests extends RunnerFixture {

    @Test
    void aStageThatHasNotEndedSettlesNothingAndHoldsNoThread() {
        CompletableFuture<String> work = new CompletableFuture<>();
        assertThat(run(work)).isFalse();
        assertThat(settled).isEmpty();
        assertThat(handedOver).isEmpty();
    }

    @Test
    void whatAStageEndsWithIsTheResultSettledOnOneOfOurThreads() {
        CompletableFuture<String> work = new CompletableFuture<>();
        run(work);
        work.complete("done");
        assertThat(settled).isEmpty();
        handedOver.remove().run();
        assertThat(settled)
                .singleElement()
                .isInstanceOfSatisfying(
                        Succeeded.class,
                        end -> assertThat(end.result()).asString().isEqualTo("\"done\""));
        assertThat(goneOn).hasValue(1);
    }

    @Test
    void aStageThatHasEndedAlreadyIsSettledWhereItRan() {
        assertThat(run(CompletableFuture.completedFuture("done"))).isTrue();
        assertThat(settled).singleElement().isInstanceOf(Succeeded.class);
        assertThat(handedOver).isEmpty();
        assertThat(goneOn).hasValue(0);
    }

    @Test
    void whatAStageFailsWithIsTheFailureWithoutItsWrappers() {
        CompletableFuture<String> work = new CompletableFuture<>();
        run(work.thenApply(value -> value));
        work.completeExceptionally(new CompletionException(new IllegalArgumentException("no")));
        handedOver.remove().run();
        assertThat(failure().error().type()).isEqualTo(IllegalArgumentException.class.getName());
        assertThat(goneOn).hasValue(1);
    }

    @Test
    void aStopCancelsTheStageAndGivesTheJobBack() {
        CompletableFuture<String> work = new CompletableFuture<>();
        JobRun run = attempt(job(PAYLOAD));
        runner(handler((payload, context) -> work)).run(run, goneOn::incrementAndGet);
        run.interrupt(new Interruption.ByStop());
        assertThat(work).isCancelled();
        handedOver.remove().run();
        assertThat(settled).singleElement().isInstanceOf(Released.class);
        assertThat(goneOn).hasValue(1);
    }

    @Test
    void aStopDuringTheCallCancelsTheStageThatTheCallReturns() {
        CompletableFuture<String> work = new CompletableFuture<>();
        JobRun run = attempt(job(PAYLOAD));
        boolean over = runner(handler((payload, context) -> {
                    run.interrupt(new Interruption.ByStop());
                    return work;
                }))
                .run(run, goneOn::incrementAndGet);
        assertThat(work).isCancelled();
        assertThat(over).isTrue();
        assertThat(settled).singleElement().isInstanceOf(Released.class);
    }

    @Test
    void aStageIsSettledAlsoWhereNoThreadIsToBeHad() {
        CompletableFuture<String> work = new CompletableFuture<>();
        JobRunner runner = runner(handler((payload, context) -> work), task -> {
            throw new RejectedExecutionException("stopped");
        });
        runner.run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        work.complete("done");
        assertThat(settled).singleElement().isInstanceOf(Succeeded.class);
        assertThat(goneOn).hasValue(1);
    }

    static Stream<Object> unfinished() {
        return Stream.of(
                new FutureTask<>(() -> "x"),
                Stream.of("x"),
                CompletableFuture.completedFuture(CompletableFuture.completedFuture("x")));
    }

    @ParameterizedTest
    @MethodSource("unfinished")
    void whatCantBeWaitedForIsNoResult(Object value) {
        run(value);
        assertThat(failure().retryInMillis()).isNull();
        assertThat(failure().error().message()).contains("can't be waited for here; return the value itself");
    }

    @Test
    void aStageInATransactionRollsBackAndSaysWhy() {
        AtomicInteger rolledBack = new AtomicInteger();
        Handler handler = handler(transaction(rolledBack), (payload, context) -> new CompletableFuture<>());
        assertThat(runner(handler).run(attempt(job(PAYLOAD)), goneOn::incrementAndGet))
                .isTrue();
        assertThat(rolledBack).hasValue(1);
        assertThat(failure().error().message()).contains("returned a CompletionStage in its transaction");
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void whateverAStageFailsWithSettlesItsJob(Throwable thrown) {
        run(CompletableFuture.failedFuture(thrown));
        assertThat(failure().error().type()).isEqualTo(thrown.getClass().getName());
    }

    @ParameterizedTest
    @MethodSource("unchecked")
    void aStageThatCantEvenBeAskedSettlesItsJob(Throwable thrown) {
        assertThat(run(new CompletableFuture<String>() {
                    @Override
                    public CompletableFuture<String> whenComplete(
                            BiConsumer<? super String, ? super Throwable> action) {
                        throw RunnerFixture.<RuntimeException>sneaky(thrown);
                    }
                }))
                .isTrue();
        assertThat(failure().error().type()).isEqualTo(thrown.getClass().getName());
    }
}
