package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.BackOff;
import io.pgjobq.Handler;
import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.PayloadConverter;
import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.Claimed;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.StartedJob;
import io.pgjobq.internal.store.TransactionalEnd;
import io.pgjobq.internal.store.TransactionalEnds;
import io.pgjobq.internal.support.ManualTimer;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.SimpleTransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

/** A runner without a database, a node, threads or a clock of its own. */
class RunnerFixture {

    static final byte[] PAYLOAD = "\"p\"".getBytes(StandardCharsets.UTF_8);

    final AtomicLong now = new AtomicLong();
    final BeginBackOff backOff = new BeginBackOff("work", now::get);
    final List<Settlement> settled = new ArrayList<>();
    final Deque<Runnable> handedOver = new ArrayDeque<>();
    final AtomicInteger goneOn = new AtomicInteger();

    final FakeUpkeep upkeep = new FakeUpkeep();

    /** What handlers' transactions completed, as it is told. */
    final List<Succeeded> completions = new ArrayList<>();

    final FakeStore store = new FakeStore();
    PayloadConverter converter = new JacksonPayloadConverter();
    boolean lost;

    /** That of the container. */
    Duration timeLimit = Duration.ZERO;

    final ManualTimer timer = new ManualTimer();

    Failed failure() {
        assertThat(settled).singleElement().isInstanceOf(Failed.class);
        return (Failed) settled.get(0);
    }

    boolean run(@Nullable Object value) {
        return runner(handler((payload, context) -> value)).run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
    }

    /** What is told of attempts, in its order. */
    final RecordedEvents events = new RecordedEvents();

    JobRunner runner(Handler handler) {
        return runner(handler, handedOver::add);
    }

    JobRunner runner(Handler handler, Consumer<Runnable> threads) {
        BackOff retry = BackOff.fixed(Duration.ofMillis(20));
        Handlers handlers = new Handlers("work", List.of(handler));
        AttemptEnds ends = new AttemptEnds(
                handlers,
                new Verdicts(handlers, 3, retry),
                (succeeded, completion) -> completions.add(succeeded),
                events,
                upkeep,
                backOff);
        return new JobRunner(
                handlers,
                converter,
                store,
                threads::accept,
                backOff,
                new TimeLimits(timeLimit, timer, ends, Runnable::run),
                events,
                ends);
    }

    JobRun attempt(ClaimedJob job) {
        return new JobRun(job, "work", 3, new Known(lost), () -> false, settled::add, report -> {}, now::get);
    }

    static ClaimedJob job(byte @Nullable [] payload) {
        return new ClaimedJob(1, 1, 1, 1, 5, false, 0, "t", payload, null, Instant.EPOCH, Instant.EPOCH);
    }

    static Handler handler(Handler.Invocation invocation) {
        return handler(null, invocation);
    }

    static Handler handler(@Nullable TransactionOperations transaction, Handler.Invocation invocation) {
        return new Handler("handler", String.class, Set.of("t"), transaction, invocation);
    }

    static TransactionOperations transaction(AtomicInteger rolledBack) {
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

    static TransactionOperations refusing(Throwable thrown) {
        return new TransactionOperations() {
            @Override
            public <T> T execute(TransactionCallback<T> action) throws TransactionException {
                throw RunnerFixture.<RuntimeException>sneaky(thrown);
            }
        };
    }

    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** What a node that lives knows of its claims. */
    record Known(boolean isLost) implements Hold {

        @Override
        public boolean isLost(ClaimedJob held) {
            return isLost;
        }

        @Override
        public boolean mayBeLost() {
            return false;
        }
    }

    static final class FakeStore implements WorkerStore {

        /** What handlers' transactions were asked to complete. */
        final List<Succeeded> completed = new ArrayList<>();

        @Nullable
        Throwable failure;

        /** What came of starting a job without a payload. */
        StartedJob started = new StartedJob.Gone();

        /** What happens meanwhile. */
        Runnable beforeStart = () -> {};

        /** How often that was tried. */
        final AtomicInteger starts = new AtomicInteger();

        boolean inTransaction;

        /** {@code null} if the job was taken away. */
        @Nullable
        TransactionalEnd end;

        @Override
        public Claimed claim(ClaimRequest request) {
            throw new UnsupportedOperationException("a runner takes nothing");
        }

        @Override
        public StartedJob start(ClaimedJob job) {
            starts.incrementAndGet();
            beforeStart.run();
            fail();
            return started;
        }

        @Override
        public boolean canComplete() {
            return inTransaction;
        }

        @Override
        public @Nullable TransactionalEnd complete(ClaimedJob job, long micros, byte @Nullable [] result) {
            fail();
            completed.add(new Succeeded(job, micros, result));
            return end;
        }

        /** These are lost when a batch is completed. */
        final Set<Long> taken = new HashSet<>();

        @Override
        public TransactionalEnds completeAll(List<Succeeded> batch) {
            fail();
            long[] held = batch.stream()
                    .mapToLong(succeeded -> succeeded.job().id())
                    .filter(id -> !taken.contains(id))
                    .toArray();
            if (held.length == batch.size()) {
                completed.addAll(batch);
            }
            return new TransactionalEnds(held, new long[0], Instant.EPOCH);
        }

        byte @Nullable [] fail() {
            if (failure != null) {
                throw RunnerFixture.<RuntimeException>sneaky(failure);
            }
            return null;
        }
    }

    record Broken(Throwable thrown) implements PayloadConverter {

        @Override
        public byte[] write(Object value) {
            throw RunnerFixture.<RuntimeException>sneaky(thrown);
        }

        @Override
        public Object read(byte[] bytes, Type type) {
            throw RunnerFixture.<RuntimeException>sneaky(thrown);
        }
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

    static Stream<Throwable> unchecked() {
        return thrown().filter(thrown -> thrown instanceof RuntimeException || thrown instanceof Error);
    }
}
