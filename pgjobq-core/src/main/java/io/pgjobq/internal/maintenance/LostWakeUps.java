package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.LaneStore.Neglected;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Polls: looks for jobs that no wake-up told of. Run by one thread; heartbeats tell it from others how far sequence numbers
 * have been drawn.
 */
final class LostWakeUps implements Step {

    private static final long UNKNOWN = Long.MIN_VALUE;

    /** How many times as long as a poll took the next one is put off at least. */
    private static final int PAUSE = 20;

    private final Lanes lanes;
    private final Workers workers;
    private final Findings findings;
    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private PollThrottle pace = new PollThrottle();
    private final DutyCycle wholeLooks;

    /** What the last heartbeat since the last poll showed, {@link #UNKNOWN} if there was none. */
    private final AtomicLong drawn = new AtomicLong(UNKNOWN);

    /** Where the sequence stood at the last poll, if that poll found it to rest; {@link #UNKNOWN} if not. */
    private volatile long restsAt = UNKNOWN;

    /** Seqs may have come back since the last poll. Set by others. */
    private volatile boolean inDoubt;

    /** From where to look as long as looking at all is not due. */
    private long floor;

    /** What is looked at. */
    interface Lanes {

        /** Returns how far sequence numbers have been drawn. */
        long position();

        /** Looks what there is to do, in the lanes of the queues only for jobs from that seq on. */
        Neglected sweep(int[] queues, long from);

        /** Returns whether notifications arrive, so that there need not be anything to be found. */
        boolean areListenedTo();
    }

    /** Who is told what was found. */
    interface Findings {

        /** Jobs are free. */
        void ready(LanePosition ready);

        /** Dead nodes hold claims. */
        void abandoned();

        /** A job that waits is due in so long, less than 0 if it was before. */
        void due(long inMillis);
    }

    LostWakeUps(Lanes lanes, Workers workers, Findings findings, Duration pollInterval, LongSupplier nanoTime) {
        this.lanes = lanes;
        this.workers = workers;
        this.findings = findings;
        this.intervalNanos = pollInterval.toNanos();
        this.nanoTime = nanoTime;
        this.wholeLooks = new DutyCycle(nanoTime.getAsLong());
    }

    /**
     * A heartbeat has shown how far sequence numbers have been drawn; returns whether to poll now. If they had come to rest,
     * the next poll would look in a while only.
     */
    boolean drawn(long position) {
        drawn.set(position);
        return hasMoved();
    }

    /** Seqs may have come back: what is new may lie below what was seen. */
    void forget() {
        drawn.set(UNKNOWN);
        inDoubt = true;
    }

    private boolean hasMoved() {
        long rest = restsAt;
        long shown = drawn.get();
        return rest != UNKNOWN && shown != UNKNOWN && shown != rest;
    }

    @Override
    public Duration run(boolean asked) {
        long started = nanoTime.getAsLong();
        if (inDoubt) {
            startAnew();
        }
        long position = position();
        boolean looks = pace.shouldLook(position, asked || !lanes.areListenedTo());
        if (looks) {
            look(asked);
        }
        restsAt = looks ? UNKNOWN : position;
        workers.watchLocks();
        workers.advance(pace.drawnBeforeLastPoll());
        // What a heartbeat has shown meanwhile was not news to it.
        long took = nanoTime.getAsLong() - started;
        return hasMoved() ? Duration.ZERO : Duration.ofNanos(Math.max(intervalNanos, took * PAUSE));
    }

    /** A poll that was under way may have told workers to look above what has come back. */
    private void startAnew() {
        inDoubt = false;
        floor = 0;
        pace = new PollThrottle();
        workers.lookEverywhere();
    }

    /** An older one is as good: it is asked for before the look, and what was drawn after it shows at the next poll. */
    private long position() {
        long shown = drawn.getAndSet(UNKNOWN);
        return shown == UNKNOWN ? lanes.position() : shown;
    }

    /** Looks at all there is, unless that has turned out to take long: then at what was drawn since, in between. */
    private void look(boolean all) {
        long started = nanoTime.getAsLong();
        boolean whole = all || floor == 0 || wholeLooks.isDue(started);
        Neglected neglected = lanes.sweep(workers.queues(), whole ? 0 : floor);
        if (whole) {
            wholeLooks.took(started, nanoTime.getAsLong());
            floor = pace.drawnBeforeLastPoll();
        }
        for (LanePosition found : neglected.ready()) {
            findings.ready(found);
        }
        if (neglected.abandoned()) {
            // A rescuer has died in the middle, or a zombie made a claim after its death.
            findings.abandoned();
        }
        if (neglected.dueInMillis() != null) {
            findings.due(neglected.dueInMillis());
        }
    }
}
