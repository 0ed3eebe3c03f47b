package io.pgjobq.internal.notify;

import io.pgjobq.internal.store.Notice;
import io.pgjobq.internal.store.NotificationStore;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Guarded;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Outage;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Sends notifications from a thread of its own, so that no sender's commit takes the instance-wide lock that a notifying
 * commit takes. What comes while one is under way goes into the next. Only a job that is sent alone, after a while without
 * any, brings its own along: nobody waits for that lock then, and the others hear of it sooner. Thread-safe.
 */
public final class Announcer {

    /** The first signal is sent at once; under load there is one notification in this time. */
    private static final Duration SPACING = Duration.ofMillis(2);

    /** Where nothing was announced for so long, a job brings its notification along. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final Logger LOG = Log.of(Announcer.class);

    private final Sending sending;
    private final Channels channels;
    private final IntSupplier self;
    private final Outage outage;
    private final Background background;
    private final LongSupplier nanoTime;
    private final NotificationLag lag;

    private final Guarded<Outbox> outbox;

    /** What is to be sent, and what is being sent. */
    private static final class Outbox {

        private Pending pending = new Pending();

        /** How many notifications are under way. */
        private int underWay;

        private long lastAt;

        Outbox(long lastAt) {
            this.lastAt = lastAt;
        }

        boolean isQuiet(long now) {
            return underWay == 0 && pending.isEmpty() && now - lastAt >= QUIET_NANOS;
        }

        Pending take() {
            Pending batch = pending;
            pending = new Pending();
            underWay++;
            return batch;
        }
    }

    /** Sends one notification. */
    @FunctionalInterface
    interface Sending {

        void announce(String channel, String text);
    }

    public Announcer(
            NotificationStore store,
            Channels channels,
            IntSupplier self,
            NotificationLag lag,
            Vitals vitals,
            LongSupplier nanoTime) {
        this(store::announce, channels, self, lag, vitals, new Background("pgjobq-announcer", vitals), nanoTime);
    }

    Announcer(
            Sending sending,
            Channels channels,
            IntSupplier self,
            NotificationLag lag,
            Vitals vitals,
            Background background,
            LongSupplier nanoTime) {
        this.sending = sending;
        this.channels = channels;
        this.self = self;
        this.lag = lag;
        this.outage = new Outage(LOG, "notifying other nodes", vitals);
        this.background = background;
        this.nanoTime = nanoTime;
        this.outbox = background.guard(new Outbox(nanoTime.getAsLong() - QUIET_NANOS));
    }

    /**
     * Something without meaning, sent as everything else is.
     *
     * @param sent completed when it has been committed; whoever cancels it no longer needs it
     */
    record Test(String channel, CompletableFuture<Void> sent) {}

    /** Lets a test be sent soon. */
    Test test(String channel) {
        Test test = new Test(channel, new CompletableFuture<>());
        outbox.change(box -> box.pending.add(test));
        return test;
    }

    /** Lets the signal be sent soon. */
    void announce(Signal signal) {
        outbox.change(box -> box.pending.add(signal));
    }

    /** Lets a job that is sent alone bring its notification along, {@code null} if some were sent just now. */
    @Nullable
    LoneNotice lone() {
        return outbox.<@Nullable LoneNotice>read(box -> {
            if (!box.isQuiet(nanoTime.getAsLong())) {
                return null;
            }
            box.underWay++;
            return new Lone(new Notice(channels.jobs(), SignalCodec.beginning(self.getAsInt())));
        });
    }

    private final class Lone implements LoneNotice {

        private final Notice notice;

        Lone(Notice notice) {
            this.notice = notice;
        }

        @Override
        public Notice notice() {
            return notice;
        }

        @Override
        public void close() {
            over();
        }
    }

    /** Wakes nobody: there is no more to send than before. */
    private void over() {
        outbox.read(box -> {
            box.underWay--;
            box.lastAt = nanoTime.getAsLong();
            return box.lastAt;
        });
    }

    /** Starts sending. */
    public void start() {
        background.start(this::step);
    }

    /** Sends what is left, if the database answers, and stops. */
    public void stop() throws InterruptedException {
        background.stop();
    }

    private boolean step() throws InterruptedException {
        Pending batch = take();
        if (batch != null) {
            background.rest(send(batch));
        }
        return batch != null;
    }

    /** Returns how long to rest before the next batch. */
    private Duration send(Pending batch) {
        try {
            batch.tests().forEach(this::send);
            send(channels.jobs(), batch.jobs());
            send(channels.done(), batch.done());
            outage.recovered();
            return SPACING;
        } catch (RuntimeException | Error ex) {
            restore(batch);
            return outage.failed(ex);
        } finally {
            over();
        }
    }

    private void send(String channel, List<Signal> signals) {
        for (String text : SignalCodec.encode(self.getAsInt(), signals)) {
            lag.sending(text);
            sending.announce(channel, text);
        }
    }

    private void send(Test test) {
        if (!test.sent().isDone()) {
            sending.announce(test.channel(), "");
            test.sent().complete(null);
        }
    }

    private void restore(Pending batch) {
        outbox.change(box -> {
            batch.tests().forEach(box.pending::add);
            batch.jobs().forEach(box.pending::add);
            batch.done().forEach(box.pending::add);
        });
    }

    /** Returns what is to be sent, {@code null} when it is time to stop. */
    private @Nullable Pending take() throws InterruptedException {
        outbox.await(box -> !box.pending.isEmpty());
        return outbox.<@Nullable Pending>read(
                box -> box.pending.isEmpty() || (background.isStopping() && outage.isOn()) ? null : box.take());
    }
}
