package io.pgjobq.internal.notify;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Measures how long a notification of this node takes to come back to it: one at a time, by this process's clock. Thread-safe. */
public final class NotificationLag {

    private final IntSupplier self;
    private final Listener listener;
    private final LongSupplier nanoTime;

    /** The last one that was sent, {@code null} if it has come back. */
    private volatile @Nullable Sent sent;

    private record Sent(String text, long at) {}

    /** Is told what was measured. */
    @FunctionalInterface
    public interface Listener {

        /** One has come back after so many nanoseconds. */
        void notified(long nanos);
    }

    /** @param self the node's number, by which its own notifications are known; 0 if it has none */
    public NotificationLag(IntSupplier self, Listener listener, LongSupplier nanoTime) {
        this.self = self;
        this.listener = listener;
        this.nanoTime = nanoTime;
    }

    /** It is being sent; replaces one that has not come back, as it may be lost. */
    void sending(String text) {
        if (self.getAsInt() != 0) {
            sent = new Sent(text, nanoTime.getAsLong());
        }
    }

    /** It has come, from whomever. */
    void heard(String text) {
        Sent last = sent;
        if (last != null && last.text.equals(text)) {
            sent = null;
            listener.notified(nanoTime.getAsLong() - last.at);
        }
    }
}
