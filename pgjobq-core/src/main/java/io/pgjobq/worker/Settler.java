package io.pgjobq.worker;

import io.pgjobq.store.Settlement;
import io.pgjobq.support.Outage;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records how attempts ended, on one thread: what comes while one batch is being committed makes up the next. Nothing that was
 * handed to it is dropped while the database is away. Thread-safe.
 */
public final class Settler {

    private static final int MOST_AT_ONCE = 1_000;

    /** Results that are together larger than this are recorded in more than one statement. */
    private static final long MOST_BYTES_AT_ONCE = 16 * 1024 * 1024;

    /** How soon what a handler's transaction stood in the way of is tried again. */
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** With more unrecorded settlements than this, containers take no more jobs. */
    private static final int OVERLOAD = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);

    private final SettlementRecorder recorder;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition drained = lock.newCondition();

    /** Guarded by the lock, as are the next seven. */
    private final Deque<Settlement> arrived = new ArrayDeque<>();

    /** What a handler's transaction stood in the way of, to be tried again after a while. */
    private final Deque<Settlement> putOff = new ArrayDeque<>();

    private long putOffUntil;

    /** How many were taken out of {@code arrived} and are being recorded. */
    private int underWay;

    private boolean overloaded;
    private boolean stopping;
    private boolean abandoned;
    private @Nullable Thread thread;

    /** Those who wait until it is no longer overloaded. */
    private final List<Runnable> waiting = new CopyOnWriteArrayList<>();

    private final SuspectSlot suspects = new SuspectSlot();

    /** Only used by the thread. */
    private final Outage outage = new Outage(LOG, "settling jobs");

    public Settler(SettlementRecorder recorder) {
        this.recorder = recorder;
    }

    /** Lets it be recorded how an attempt ended. */
    void settle(Settlement settlement) {
        settleAll(List.of(settlement));
    }

    /** Lets it be recorded how attempts ended, all in one batch if it is not too large. */
    void settleAll(List<? extends Settlement> settlements) {
        lock.lock();
        try {
            arrived.addAll(settlements);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Lets the caller be told, on the settler's thread, when the settler is no longer overloaded. */
    void onRelief(Runnable relief) {
        waiting.add(relief);
    }

    /** Returns the place for the node's suspect, which is free again when its end is recorded. */
    SuspectSlot suspects() {
        return suspects;
    }

    /** Returns whether so much is unrecorded that no more jobs should be taken. Whoever is told so is told of its end. */
    boolean isOverloaded() {
        lock.lock();
        try {
            overloaded |= backlog() > OVERLOAD;
            return overloaded;
        } finally {
            lock.unlock();
        }
    }

    private int backlog() {
        return arrived.size() + putOff.size() + underWay;
    }

    /** Waits until nothing is left to be recorded; returns whether that happened in time. */
    boolean drain(Duration limit) throws InterruptedException {
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
            thread = new Thread(this::run, "pgjobq-settler");
            thread.setDaemon(true);
            thread.start();
        } finally {
            lock.unlock();
        }
    }

    /** Records what is left, as far as the database answers within the time, and stops. */
    public void stop(Duration limit) throws InterruptedException {
        boolean done = drain(limit);
        lock.lock();
        Thread ending = thread;
        try {
            stopping = true;
            abandoned = !done;
            if (abandoned) {
                LOG.warn(
                        "settling jobs: stops with {} attempts unrecorded; those jobs run again",
                        arrived.size() + underWay);
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
        if (ending != null) {
            ending.join(TimeUnit.SECONDS.toMillis(5));
        }
    }

    private void run() {
        try {
            while (awaitWork()) {
                List<Settlement> taken = take();
                SettlementRecorder.Batch batch = recorder.batch(taken);
                record(batch);
                recorder.written(taken);
                done();
                tellOfSuspects(taken, batch.putOff());
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void record(SettlementRecorder.Batch batch) throws InterruptedException {
        while (true) {
            try {
                recorder.record(batch);
                outage.recovered();
                settleLater(batch.putOff());
                return;
            } catch (RuntimeException | Error ex) {
                if (!pause(outage.failed(ex))) {
                    return;
                }
            }
        }
    }

    private void settleLater(List<Settlement> settlements) {
        if (!settlements.isEmpty()) {
            lock.lock();
            try {
                putOff.addAll(settlements);
                putOffUntil = System.nanoTime() + AGAIN_NANOS;
            } finally {
                lock.unlock();
            }
        }
    }

    private List<Settlement> take() {
        lock.lock();
        try {
            if (!putOff.isEmpty() && System.nanoTime() - putOffUntil >= 0) {
                arrived.addAll(putOff);
                putOff.clear();
            }
            List<Settlement> batch = new ArrayList<>(Math.min(arrived.size(), MOST_AT_ONCE));
            // A job that was taken away from this node may come back to it, and both attempts end at about the same
            // time. What became of each can be told apart only if they are recorded one after the other.
            Set<Long> jobs = new HashSet<>(2 * Math.min(arrived.size(), MOST_AT_ONCE));
            long bytes = 0;
            while (!arrived.isEmpty()
                    && batch.size() < MOST_AT_ONCE
                    && bytes < MOST_BYTES_AT_ONCE
                    && jobs.add(arrived.peek().job().id())) {
                Settlement next = arrived.remove();
                batch.add(next);
                bytes += next.bytes();
            }
            underWay = batch.size();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void tellOfSuspects(List<Settlement> taken, List<Settlement> putOff) {
        for (Settlement settlement : taken) {
            if (settlement.job().suspect() && !putOff.contains(settlement)) {
                suspects.settled(settlement.job().claim());
            }
        }
    }

    private void done() {
        boolean relieved;
        lock.lock();
        try {
            underWay = 0;
            relieved = overloaded && backlog() <= OVERLOAD / 2;
            overloaded &= !relieved;
            if (backlog() == 0) {
                drained.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (relieved) {
            waiting.forEach(Runnable::run);
        }
    }

    /** Returns whether to go on. Comes back now and then while claims are left that could not be deleted. */
    private boolean awaitWork() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (arrived.isEmpty() && !stopping) {
                if (recorder.hasLeftovers() || !putOff.isEmpty()) {
                    if (changed.awaitNanos(AGAIN_NANOS) <= 0) {
                        return true;
                    }
                } else {
                    changed.await();
                }
            }
            return !abandoned && (!stopping || !arrived.isEmpty());
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
