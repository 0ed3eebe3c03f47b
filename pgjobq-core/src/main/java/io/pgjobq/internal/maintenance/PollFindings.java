package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.LanePosition;
import java.time.Duration;

/** Passes on what a poll has found: to those who run jobs, and to the steps that do something about the rest. Thread-safe. */
final class PollFindings implements LostWakeUps.Findings {

    private final Announcements announcements;
    private final Workers workers;
    private final DueJobs dueJobs;
    private final Task promotion;
    private final Task deadNodes;

    /**
     * Passes it on to those.
     *
     * @param dueJobs which {@code promotion} runs
     * @param deadNodes rescues what dead nodes hold
     */
    PollFindings(Announcements announcements, Workers workers, DueJobs dueJobs, Task promotion, Task deadNodes) {
        this.announcements = announcements;
        this.workers = workers;
        this.dueJobs = dueJobs;
        this.promotion = promotion;
        this.deadNodes = deadNodes;
    }

    @Override
    public void ready(LanePosition ready) {
        workers.found(ready);
        announcements.readyHere(ready);
        workers.reportUnknownTypes(ready);
    }

    /** Others judge who is dead: it only comes to its turn, and is not asked for. */
    @Override
    public void abandoned() {
        deadNodes.in(Duration.ZERO);
    }

    @Override
    public void due(long inMillis) {
        dueJobs.seen(inMillis);
        promotion.in(Duration.ofMillis(inMillis));
    }
}
