package io.pgjobq.internal.settle;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Outage;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Records how attempts ended, on one thread: what comes while one batch is being committed makes up the next. Nothing that was
 * handed to it is dropped while the database is away. Thread-safe.
 */
public final class BatchSettler implements Settler {

    static final int MOST_AT_ONCE = 1_000;

    /** Results that are together larger than this are recorded in more than one statement. */
    private static final long MOST_BYTES_AT_ONCE = 16 * 1024 * 1024;

    /** How soon what a handler's transaction stood in the way of is tried again. */
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** With more unrecorded settlements than this, containers take no more jobs. */
    private static final int OVERLOAD = 5_000;

    private static final Logger LOG = Log.of(BatchSettler.class);

    private final SettlementRecorder recorder;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition drained = lock.newCondition();

    @GuardedBy("lock")
    private final Deque<Settlement> arrived = new ArrayDeque<>();

    /** What a handler's transaction stood in the way of, to be tried again after a while. */
    @GuardedBy("lock")
    private final Deque<Settlement> putOff = new ArrayDeque<>();

    @GuardedBy("lock")
    private long putOffUntil;

    /** What was taken out of {@code arrived} and is being recorded; an error on the way loses nothing of it. */
    @GuardedBy("lock")
    private List<Settlement> underWay = List.of();

    @GuardedBy("lock")
    private boolean overloaded;

    @GuardedBy("lock")
    private boolean stopping;

    @GuardedBy("lock")
    private boolean abandoned;

    /** Those who wait until it is no longer overloaded. */
    private final List<CapacityListener> waiting = new CopyOnWriteArrayList<>();

    private final QuarantineSlot quarantine = new QuarantineSlot();

    private final LimitedQueues limited;

    private final KeyedQueues keyed;

    private final Background background;
    private final Outage outage;

    /** Set before the start. */
    private volatile BatchListener batches = (jobs, nanos) -> {};

    /** Is told of batches. */
    @FunctionalInterface
    public interface BatchListener {

        /** So many settlements were recorded in so long. */
        void settled(int jobs, long nanos);
    }

    /** What is left to be written of what is under way. Only used by the thread. */
    private SettlementRecorder.@Nullable Batch batch;

    public BatchSettler(
            SettlementRecorder recorder,
            LimitedQueues limited,
            KeyedQueues keyed,
            Vitals vitals,
            LongSupplier nanoTime) {
        this.recorder = recorder;
        this.limited = limited;
        this.keyed = keyed;
        this.nanoTime = nanoTime;
        this.outage = new Outage(LOG, "settling jobs", vitals);
        this.background = new Background("pgjobq-settler", vitals);
    }

    @Override
    public void settle(Settlement settlement) {
        settleAll(List.of(settlement));
    }

    @Override
    public void settleAll(List<? extends Settlement> settlements) {
        lock.lock();
        try {
            arrived.addAll(settlements);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onRelief(CapacityListener relief) {
        waiting.add(relief);
    }

    /** Lets it be told of each batch; what it throws would end the batch. */
    public void onBatch(BatchListener listener) {
        batches = listener;
    }

    @Override
    public QuarantineSlot quarantine() {
        return quarantine;
    }

    @Override
    public LimitedQueues limited() {
        return limited;
    }

    @Override
    public KeyedQueues keyed() {
        return keyed;
    }

    @Override
    public boolean isOverloaded() {
        lock.lock();
        try {
            overloaded |= backlog() > OVERLOAD;
            return overloaded;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private int backlog() {
        return arrived.size() + putOff.size() + underWay.size();
    }

    @Override
    public boolean drain(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (backlog() > 0) {
                if (left <= 0) {
                    return false;
                }
                left = drained.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Starts the thread. */
    public void start() {
        lock.lock();
        try {
            stopping = false;
            abandoned = false;
        } finally {
            lock.unlock();
        }
        background.start(this::step);
    }

    /** Records what is left, as far as the database answers within the time, and stops. */
    public void stop(Duration limit) throws InterruptedException {
        boolean done = drain(limit);
        lock.lock();
        try {
            stopping = true;
            abandoned = !done;
            if (abandoned) {
                LOG.warn("settling jobs: stops with {} attempts unrecorded; those jobs run again", backlog());
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
        background.stop();
    }

    /** Goes on where an error has ended the step before. */
    private boolean step() throws InterruptedException {
        SettlementRecorder.Batch writing = batch;
        if (writing == null) {
            if (!awaitWork()) {
                return false;
            }
            writing = recorder.batch(take());
            batch = writing;
        }
        if (!record(writing)) {
            return false;
        }
        recorder.written(writing);
        batch = null;
        done();
        tellOfQuarantined(writing);
        keyed.settled(writing.all());
        limited.settled(writing.all());
        return true;
    }

    /** Returns whether to go on. */
    private boolean record(SettlementRecorder.Batch writing) throws InterruptedException {
        while (true) {
            try {
                long began = nanoTime.getAsLong();
                recorder.record(writing);
                outage.recovered();
                batches.settled(writing.all().size(), nanoTime.getAsLong() - began);
                settleLater(writing.putOff());
                return true;
            } catch (RuntimeException | Error ex) {
                if (!pause(outage.failed(ex))) {
                    return false;
                }
            }
        }
    }

    private void settleLater(List<Settlement> settlements) {
        if (!settlements.isEmpty()) {
            lock.lock();
            try {
                putOff.addAll(settlements);
                putOffUntil = nanoTime.getAsLong() + AGAIN_NANOS;
            } finally {
                lock.unlock();
            }
        }
    }

    private List<Settlement> take() {
        lock.lock();
        try {
            if (!putOff.isEmpty() && nanoTime.getAsLong() - putOffUntil >= 0) {
                arrived.addAll(putOff);
                putOff.clear();
            }
            if (!underWay.isEmpty()) {
                return underWay;
            }
            List<Settlement> taken = new ArrayList<>(Math.min(arrived.size(), MOST_AT_ONCE));
            // A job that was taken away from this node may come back to it, and both attempts end at about the same
            // time. What became of each can be told apart only if they are recorded one after the other.
            Set<Long> jobs = new HashSet<>(2 * Math.min(arrived.size(), MOST_AT_ONCE));
            long bytes = 0;
            for (Settlement next : arrived) {
                if (taken.size() == MOST_AT_ONCE
                        || bytes >= MOST_BYTES_AT_ONCE
                        || !jobs.add(next.job().id())) {
                    break;
                }
                taken.add(next);
                bytes += next.bytes();
            }
            // From here on nothing needs memory.
            underWay = taken;
            for (int left = taken.size(); left > 0; left--) {
                arrived.remove();
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void tellOfQuarantined(SettlementRecorder.Batch written) {
        for (Settlement settlement : written.all()) {
            if (settlement.job().quarantined() && !written.putOff().contains(settlement)) {
                quarantine.settled(settlement.job().claim());
            }
        }
    }

    private void done() {
        boolean relieved;
        lock.lock();
        try {
            underWay = List.of();
            relieved = overloaded && backlog() <= OVERLOAD / 2;
            overloaded &= !relieved;
            if (backlog() == 0) {
                drained.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (relieved) {
            waiting.forEach(CapacityListener::freed);
        }
    }

    /** Returns whether to go on. Comes back now and then while claims are left that could not be deleted. */
    private boolean awaitWork() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (arrived.isEmpty() && underWay.isEmpty() && !stopping) {
                if (recorder.hasLeftovers() || !putOff.isEmpty()) {
                    if (changed.awaitNanos(AGAIN_NANOS) <= 0) {
                        return true;
                    }
                } else {
                    changed.await();
                }
            }
            return !abandoned && (!stopping || !arrived.isEmpty() || !underWay.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether to try again. */
    private boolean pause(Duration pause) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = pause.toNanos();
            while (left > 0 && !abandoned) {
                left = changed.awaitNanos(left);
            }
            return !abandoned;
        } finally {
            lock.unlock();
        }
    }
}
