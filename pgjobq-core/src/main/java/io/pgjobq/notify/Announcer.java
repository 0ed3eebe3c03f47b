package io.pgjobq.notify;

import io.pgjobq.store.NotificationStore;
import io.pgjobq.store.Outage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends notifications from a thread of its own, so that no sender's commit takes the instance-wide lock that a notifying
 * commit takes. What comes while one is under way goes into the next. Thread-safe.
 */
public final class Announcer {

    /** The first signal is sent at once; under load there is one notification in this time. */
    private static final Duration SPACING = Duration.ofMillis(2);

    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private final NotificationStore store;
    private final Channels channels;
    private final IntSupplier self;
    private final Outage outage = new Outage(LOG, "notifying other nodes");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock, as are the next two. */
    private Pending pending = new Pending();

    private boolean stopping;
    private @Nullable Thread thread;

    public Announcer(NotificationStore store, Channels channels, IntSupplier self) {
        this.store = store;
        this.channels = channels;
        this.self = self;
    }

    /** Lets the signal be sent soon. */
    void announce(Signal signal) {
        lock.lock();
        try {
            pending.add(signal);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Starts sending. */
    public void start() {
        lock.lock();
        try {
            stopping = false;
            thread = new Thread(this::run, "pgjobq-announcer");
            thread.setDaemon(true);
            thread.start();
        } finally {
            lock.unlock();
        }
    }

    /** Sends what is left, if the database answers, and stops. */
    public void stop() throws InterruptedException {
        lock.lock();
        Thread ending = thread;
        try {
            stopping = true;
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
            Pending batch;
            while ((batch = take()) != null) {
                rest(send(batch));
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns how long to rest before the next batch. */
    private Duration send(Pending batch) {
        try {
            send(channels.jobs(), batch.jobs());
            send(channels.done(), batch.done());
            outage.recovered();
            return SPACING;
        } catch (RuntimeException ex) {
            restore(batch);
            return outage.failed(ex);
        }
    }

    private void send(String channel, List<Signal> signals) {
        for (String text : SignalCodec.encode(self.getAsInt(), signals)) {
            store.announce(channel, text);
        }
    }

    private void restore(Pending batch) {
        lock.lock();
        try {
            batch.jobs().forEach(pending::add);
            batch.done().forEach(pending::add);
        } finally {
            lock.unlock();
        }
    }

    /** Returns what is to be sent, {@code null} when it is time to stop. */
    private @Nullable Pending take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (pending.isEmpty() && !stopping) {
                changed.await();
            }
            if (pending.isEmpty() || (stopping && outage.isOn())) {
                return null;
            }
            Pending batch = pending;
            pending = new Pending();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void rest(Duration pause) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = pause.toNanos();
            while (left > 0 && !stopping) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
