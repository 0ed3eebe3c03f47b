package io.pgjobq.internal.worker;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What the thread does that takes jobs, step by step. Used by one thread. */
final class ClaimLoop {

    /** How long it rests at once: it gives back what is held for too long. */
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Workload workload;
    private final Claimer claimer;
    private final BeginBackOff backOff;
    private final Drain drain;
    private final int concurrency;

    ClaimLoop(Workload workload, Claimer claimer, BeginBackOff backOff, Drain drain, int concurrency) {
        this.workload = workload;
        this.claimer = claimer;
        this.backOff = backOff;
        this.drain = drain;
        this.concurrency = concurrency;
    }

    /**
     * Waits until there is something to do, and does it; returns whether to go on.
     *
     * @param over whether the calling thread is one of an earlier start
     */
    boolean step(BooleanSupplier over) throws InterruptedException {
        ClaimStep step = workload.awaitStep(over);
        if (step instanceof ClaimStep.Take take) {
            workload.rest(take(take.room()));
        } else if (step instanceof ClaimStep.GiveBack) {
            drain.giveBackHeld();
        }
        return !(step instanceof ClaimStep.End);
    }

    /** Returns how long to rest then. */
    private Duration take(int room) {
        Duration rest = backOff.rest();
        if (rest.isZero()) {
            return claimer.claim(backOff.room(room, concurrency));
        }
        return rest.compareTo(LOOK) < 0 ? rest : LOOK;
    }
}
