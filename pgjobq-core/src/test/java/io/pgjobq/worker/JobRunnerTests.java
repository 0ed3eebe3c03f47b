package io.pgjobq.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.PayloadConverter;
import io.pgjobq.RetryPolicy;
import io.pgjobq.store.ClaimedJob;
import io.pgjobq.store.Completion;
import io.pgjobq.store.HistoryRetention;
import io.pgjobq.store.Settlement;
import io.pgjobq.store.Settlement.Completed;
import io.pgjobq.store.Settlement.Failed;
import io.pgjobq.store.Settlement.Released;
import io.pgjobq.store.Settlement.Succeeded;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.SimpleTransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

class JobRunnerTests {

    private static final byte[] PAYLOAD = "\"p\"".getBytes(StandardCharsets.UTF_8);

    private final AtomicLong now = new AtomicLong();
    private final BeginBackOff backOff = new BeginBackOff("work", now::get);
    private final List<Settlement> settled = new ArrayList<>();
    private final Deque<Runnable> handedOver = new ArrayDeque<>();
    private final AtomicInteger goneOn = new AtomicInteger();
    private final FakeStore store = new FakeStore();
    private PayloadConverter converter = new JacksonPayloadConverter();
    private boolean lost;

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
        run.interruptByStop();
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
                    run.interruptByStop();
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

    @Test
    void anAttemptThatCantBeginIsGivenBackAndItsQueueRestsUntilItIsChargedAfterAMinute() {
        Handler handler = handler(refusing(new CannotCreateTransactionException("full")), (payload, context) -> null);
        JobRunner runner = runner(handler);
        runner.run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(settled).singleElement().isInstanceOf(Released.class);
        assertThat(backOff.rest()).hasMillis(100);

        settled.clear();
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        runner.run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(failure().error().type()).isEqualTo(CannotCreateTransactionException.class.getName());
        assertThat(failure().retryInMillis()).isNotNull();
    }

    @Test
    void aPayloadThatDoesNotFitTheHeapIsChargedAtOnce() {
        store.failure = new DataAccessResourceFailureException("read", new Exception(new OutOfMemoryError()));
        runner(handler((payload, context) -> null)).run(attempt(job(null)), goneOn::incrementAndGet);
        assertThat(failure().error().type()).isEqualTo(DataAccessResourceFailureException.class.getName());
        assertThat(backOff.rest()).isZero();
    }

    @Test
    void aPayloadThatCantBeReadForTheMomentIsNotCharged() {
        store.failure = new DataAccessResourceFailureException("away");
        runner(handler((payload, context) -> null)).run(attempt(job(null)), goneOn::incrementAndGet);
        assertThat(settled).singleElement().isInstanceOf(Released.class);
        assertThat(backOff.rest()).isPositive();
    }

    @Test
    void aJobThatWasTakenAwayIsNotRun() {
        lost = true;
        run(unusable());
        assertThat(settled).singleElement().isInstanceOf(Completed.class);
    }

    static Stream<Throwable> thrown() {
        return Stream.of(
                new IllegalStateException("exception"),
                new OutOfMemoryError("error"),
                new StackOverflowError(),
                new NoClassDefFoundError("x"),
                new InterruptedException(),
                new Exception("checked"));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void whateverTheHandlerThrowsSettlesItsJob(Throwable thrown) {
        runner(handler((payload, context) -> {
                    throw thrown;
                }))
                .run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(failure().error().type()).isEqualTo(thrown.getClass().getName());
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void whateverAStageFailsWithSettlesItsJob(Throwable thrown) {
        run(CompletableFuture.failedFuture(thrown));
        assertThat(failure().error().type()).isEqualTo(thrown.getClass().getName());
    }

    static Stream<Throwable> unchecked() {
        return thrown().filter(thrown -> thrown instanceof RuntimeException || thrown instanceof Error);
    }

    @ParameterizedTest
    @MethodSource("unchecked")
    void whateverFailsOnTheWayToTheHandlerSettlesItsJob(Throwable thrown) {
        store.failure = thrown;
        runner(handler((payload, context) -> null)).run(attempt(job(null)), goneOn::incrementAndGet);
        assertThat(settled).hasSize(1);

        converter = new Broken(thrown);
        run("unused");
        assertThat(settled).hasSize(2);

        Handler handler = handler(refusing(thrown), (payload, context) -> null);
        runner(handler).run(attempt(job(new byte[0])), goneOn::incrementAndGet);
        converter = new JacksonPayloadConverter();
        runner(handler).run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(settled).hasSize(4);
    }

    @ParameterizedTest
    @MethodSource("unchecked")
    void whateverFailsOnTheWayBackSettlesItsJob(Throwable thrown) {
        store.inTransaction = true;
        store.failure = thrown;
        Handler handler = handler(transaction(new AtomicInteger()), (payload, context) -> "r");
        runner(handler).run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(failure().error().type()).isEqualTo(thrown.getClass().getName());
    }

    @ParameterizedTest
    @MethodSource("unchecked")
    void aStageThatCantEvenBeAskedSettlesItsJob(Throwable thrown) {
        assertThat(run(new CompletableFuture<String>() {
                    @Override
                    public CompletableFuture<String> whenComplete(
                            BiConsumer<? super String, ? super Throwable> action) {
                        throw JobRunnerTests.<RuntimeException>sneaky(thrown);
                    }
                }))
                .isTrue();
        assertThat(failure().error().type()).isEqualTo(thrown.getClass().getName());
    }

    private Failed failure() {
        assertThat(settled).singleElement().isInstanceOf(Failed.class);
        return (Failed) settled.get(0);
    }

    private boolean run(@Nullable Object value) {
        return runner(handler((payload, context) -> value)).run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
    }

    private static CompletionStage<String> unusable() {
        return CompletableFuture.failedFuture(new AssertionError("was run"));
    }

    private JobRunner runner(Handler handler) {
        return runner(handler, handedOver::add);
    }

    private JobRunner runner(Handler handler, Consumer<Runnable> threads) {
        RetryPolicy retry = new RetryPolicy(Duration.ofMillis(20), 1, Duration.ofMillis(20), 0);
        WorkerOptions options = new WorkerOptions(1, 3, retry, Duration.ofSeconds(1), true, HistoryRetention.DEFAULT);
        return new JobRunner(
                new Handlers("work", List.of(handler)),
                converter,
                store,
                threads::accept,
                backOff,
                new AttemptEnds(options, (succeeded, completion) -> {}, () -> {}, backOff));
    }

    private JobRun attempt(ClaimedJob job) {
        JobRun.Hold hold = new JobRun.Hold() {
            @Override
            public boolean isLost(ClaimedJob held) {
                return lost;
            }

            @Override
            public boolean mayBeLost() {
                return false;
            }
        };
        return new JobRun(job, "work", 3, hold, () -> false, settled::add);
    }

    private static ClaimedJob job(byte @Nullable [] payload) {
        return new ClaimedJob(1, 1, 1, 1, 5, false, 0, "t", payload, null, Instant.EPOCH, Instant.EPOCH);
    }

    private static Handler handler(Handler.Invocation invocation) {
        return handler(null, invocation);
    }

    private static Handler handler(@Nullable TransactionOperations transaction, Handler.Invocation invocation) {
        return new Handler("handler", String.class, Set.of("t"), transaction, invocation);
    }

    private static TransactionOperations transaction(AtomicInteger rolledBack) {
        return new TransactionOperations() {
            @Override
            public <T> T execute(TransactionCallback<T> action) throws TransactionException {
                try {
                    return action.doInTransaction(new SimpleTransactionStatus());
                } catch (RuntimeException | Error ex) {
                    rolledBack.incrementAndGet();
                    throw ex;
                }
            }
        };
    }

    private static TransactionOperations refusing(Throwable thrown) {
        return new TransactionOperations() {
            @Override
            public <T> T execute(TransactionCallback<T> action) throws TransactionException {
                throw JobRunnerTests.<RuntimeException>sneaky(thrown);
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static final class FakeStore implements JobRunner.Store {

        private @Nullable Throwable failure;
        private boolean inTransaction;

        @Override
        public byte @Nullable [] payload(long job) {
            return fail();
        }

        @Override
        public boolean canComplete() {
            return inTransaction;
        }

        @Override
        public @Nullable Completion complete(ClaimedJob job, long micros, byte @Nullable [] result) {
            fail();
            return null;
        }

        private byte @Nullable [] fail() {
            if (failure != null) {
                throw JobRunnerTests.<RuntimeException>sneaky(failure);
            }
            return null;
        }
    }

    private record Broken(Throwable thrown) implements PayloadConverter {

        @Override
        public byte[] write(Object value) {
            throw JobRunnerTests.<RuntimeException>sneaky(thrown);
        }

        @Override
        public Object read(byte[] bytes, Type type) {
            throw JobRunnerTests.<RuntimeException>sneaky(thrown);
        }
    }
}
