package io.pgjobq.internal.notify;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells this process at once and, if notifications are on, the others soon. Rung after a commit. Thread-safe. */
public final class Doorbell {

    private final SignalSink local;
    private final @Nullable Announcer others;

    public Doorbell(SignalSink local, @Nullable Announcer others) {
        this.local = local;
        this.others = others;
    }

    /** Rings for this process and the others. */
    public void ring(Signal signal) {
        local.receive(signal);
        if (others != null) {
            others.announce(signal);
        }
    }

    /**
     * Lets a job that is sent alone bring its notification along, {@code null} if the others are told sooner, or with less
     * effort, by {@link #ring}. Who has got one rings here alone.
     */
    public @Nullable LoneNotice lone() {
        return others == null ? null : others.lone();
    }

    /** Rings for this process alone. */
    public void ringHere(Signal signal) {
        local.receive(signal);
    }

    /** Tells the others alone of jobs that ended, since this process knows. */
    public void announceEnded(List<Long> ids) {
        if (others != null && !ids.isEmpty()) {
            others.announce(new Signal.Ended(ids));
        }
    }

    /** Tells the others alone that a job with a key may have its turn, which this process does not take. */
    public void announceTurn(int queue, long line) {
        if (others != null) {
            others.announce(new Signal.Turn(queue, line));
        }
    }

    /** Tells the others alone of jobs whose progress was written, since this process knows. */
    public void announceProgress(List<Long> ids) {
        if (others != null && !ids.isEmpty()) {
            others.announce(new Signal.Progressed(ids));
        }
    }
}
