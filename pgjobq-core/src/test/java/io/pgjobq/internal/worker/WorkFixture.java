package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.internal.node.RegisteredNode;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import io.pgjobq.internal.settle.BatchSettler;
import io.pgjobq.internal.settle.ClaimBook;
import io.pgjobq.internal.settle.FakeSettlements;
import io.pgjobq.internal.settle.KeyedQueues;
import io.pgjobq.internal.settle.LimitedQueues;
import io.pgjobq.internal.settle.SettlementRecorder;
import io.pgjobq.internal.support.ManualTimer;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;

/** What the containers of a node share, over tables that are not there. */
class WorkFixture {

    final AtomicLong now = new AtomicLong(7);
    final FakeTables tables = new FakeTables();
    final FakeNodes nodes = new FakeNodes();
    final FakeSettlements settlements = new FakeSettlements();
    final ClaimBook book = new ClaimBook();
    final Vitals vitals = new Vitals(Duration.ofSeconds(30), now::get);
    final RegisteredNode node = new RegisteredNode(nodes, "a", Duration.ofDays(1), nodes, vitals, System::nanoTime);
    final FakeUpkeep upkeep = new FakeUpkeep();
    final BatchSettler settler = new BatchSettler(
            new SettlementRecorder(settlements, () -> {}, book, new Doorbell(new Unheard(), null), outcomes -> {}),
            new LimitedQueues(new Doorbell(new Unheard(), null)),
            new KeyedQueues((queue, ended) -> new long[0], new Doorbell(new Unheard(), null)),
            vitals,
            System::nanoTime);
    final ExecutorService threads = Executors.newCachedThreadPool();

    /** How many queues were made. */
    final AtomicInteger queuesMade = new AtomicInteger();

    /** What is told of attempts, in its order. */
    final RecordedEvents events = new RecordedEvents();

    final WorkerServices services = new WorkerServices(
            node,
            tables,
            settler,
            book,
            new JacksonPayloadConverter(),
            this::execute,
            container -> 100 + queuesMade.incrementAndGet(),
            upkeep,
            vitals,
            events,
            (succeeded, completion) -> {},
            report -> {},
            new ManualTimer(),
            this::time);

    /** So often each thread that runs handlers finds no memory to ask for the time, at first. */
    volatile int withoutMemory;

    /** What a pool's thread would end of. */
    final BlockingQueue<Throwable> escaped = new LinkedBlockingQueue<>();

    /** How many threads run handlers. */
    final AtomicInteger busy = new AtomicInteger();

    private final AtomicInteger failures = new AtomicInteger();

    @AfterEach
    void endThreads() throws InterruptedException {
        threads.shutdownNow();
        settler.stop(Duration.ZERO);
    }

    private void execute(Runnable work) {
        busy.incrementAndGet();
        threads.execute(() -> {
            failures.set(withoutMemory);
            try {
                work.run();
            } catch (RuntimeException | Error ex) {
                escaped.add(ex);
            } finally {
                busy.decrementAndGet();
            }
        });
    }

    private long time() {
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new OutOfMemoryError("heap");
        }
        return now.get();
    }

    static Handler handler(Handler.Invocation invocation) {
        return new Handler("handler", byte[].class, Set.of(), null, invocation);
    }

    static final class Unheard implements SignalSink {

        @Override
        public void receive(Signal signal) {}

        @Override
        public void resynchronize() {}
    }
}
