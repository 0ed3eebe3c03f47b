package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.node.RegisteredNode;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.schedule.DeclaredSchedules;
import io.pgjobq.internal.store.CancellationStore;
import io.pgjobq.internal.store.FinishedJobStore;
import io.pgjobq.internal.store.JobStore;
import io.pgjobq.internal.store.KeyStore;
import io.pgjobq.internal.store.LaneStore;
import io.pgjobq.internal.store.NodeStore;
import io.pgjobq.internal.store.ProgressStore;
import io.pgjobq.internal.store.QueueStore;
import io.pgjobq.internal.store.ScheduleStore;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Listening;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node does now and then, on one thread: puts due jobs in line, looks for jobs that no wake-up told of, rescues the
 * jobs of dead nodes, gives back claims that it does not know, and looks after the history. Thread-safe.
 */
public final class Maintenance {

    private final Background background;
    private final Rounds rounds;
    private final Workers workers;
    private final LostWakeUps lostWakeUps;

    private final Task history;
    private final Task deadNodes;
    private final Task promotion;
    private final Task polls;
    private final Task ownClaims;
    private final Task cancellations;
    private final Task schedules;
    private final Task unusedKeys;
    private final Task oldHolds;
    private final Task leftProgress;
    private final Task deadlines;
    private final RegisteredNode node;
    private final Tables tables;

    /** Where maintenance finds the tables. */
    public record Stores(
            NodeStore nodes,
            LaneStore lanes,
            FinishedJobStore finished,
            QueueStore queues,
            CancellationStore cancellations,
            ScheduleStore schedules,
            JobStore jobs,
            KeyStore keys,
            ProgressStore progress) {}

    public Maintenance(
            RegisteredNode node,
            Stores stores,
            DeclaredSchedules declared,
            Doorbell doorbell,
            Workers workers,
            Duration pollInterval,
            Listening listening,
            Vitals vitals,
            LongSupplier nanoTime) {
        this(
                node,
                new StoredTables(stores, declared, node, listening),
                doorbell,
                workers,
                pollInterval,
                vitals,
                new Background("pgjobq-maintenance", vitals),
                nanoTime);
    }

    Maintenance(
            RegisteredNode node,
            Tables tables,
            Doorbell doorbell,
            Workers workers,
            Duration pollInterval,
            Vitals vitals,
            Background background,
            LongSupplier nanoTime) {
        this.background = background;
        this.workers = workers;
        this.node = node;
        this.tables = tables;
        rounds = new Rounds(background, nanoTime, vitals);
        Announcements announcements = new Announcements(doorbell);
        history = rounds.add("history", new HistoryUpkeep(tables, announcements));
        deadNodes = rounds.add(
                "rescue of dead nodes' jobs", new DeadNodes(tables, node.signs()::areSteady, workers, announcements));
        DueJobs dueJobs = new DueJobs(tables, announcements, nanoTime);
        promotion = rounds.add("due jobs", dueJobs);
        PollFindings found = new PollFindings(announcements, workers, dueJobs, promotion, deadNodes);
        lostWakeUps = new LostWakeUps(tables, workers, found, pollInterval, nanoTime);
        polls = rounds.add("polling", lostWakeUps);
        cancellations = rounds.add("cancelling jobs", new Cancellations(tables, workers, announcements));
        schedules = rounds.add("schedules", new Schedules(tables, announcements));
        unusedKeys = rounds.add("keys of unique jobs", new Leftovers<>(tables::sweepKeys));
        oldHolds = rounds.add("holds of jobs with keys", new Leftovers<>(tables::sweepHolds));
        leftProgress = rounds.add("progress of jobs", new Leftovers<>(tables::sweepProgress));
        deadlines = rounds.add("deadlines", new Deadlines(tables, announcements));
        ownClaims = rounds.add("claims of this node", new OwnClaims(node::registration, workers, this::sweep));
    }

    /** Starts the thread. */
    public void start() {
        List.of(history, promotion, polls, schedules, unusedKeys, oldHolds, leftProgress, deadlines, ownClaims)
                .forEach(task -> task.in(Duration.ZERO));
        background.start(this::next);
    }

    private boolean next() throws InterruptedException {
        boolean goesOn = rounds.awaitDue();
        if (goesOn) {
            runDue();
        }
        return goesOn;
    }

    /** Does each thing that is due, once. */
    void runDue() {
        rounds.runDue(this::failed);
    }

    /** Stops the thread. */
    public void stop() throws InterruptedException {
        background.stop();
    }

    /** A waiting job will be due. */
    public void due(long inMillis) {
        promotion.in(Duration.ofMillis(inMillis));
    }

    /** The next schedule is due in so many milliseconds, {@code null} for never. */
    public void scheduled(@Nullable Long inMillis) {
        if (!tables.hasDeclared()) {
            schedules.ask();
        } else if (inMillis != null) {
            schedules.in(Duration.ofMillis(Math.max(0, inMillis)));
        }
    }

    /** Another node has been silent for longer than it should. */
    public void othersSilent() {
        deadNodes.ask();
    }

    /** This node has jobs to cancel. */
    public void cancel() {
        cancellations.ask();
    }

    /** That node has jobs to cancel. */
    public void cancel(int holder) {
        if (holder == node.id()) {
            cancel();
        }
    }

    /** A heartbeat has shown how far sequence numbers have been drawn. */
    public void drawn(long position) {
        if (lostWakeUps.drawn(position)) {
            polls.in(Duration.ZERO);
        }
    }

    /** Returns the numbers of the queues that this node takes jobs from. */
    public int[] queues() {
        return workers.queues();
    }

    /** A heartbeat has shown that these of the queues are not there. */
    public void missing(List<Integer> queues) {
        workers.missing(queues);
    }

    /** A partition is missing. */
    public void lookAfterHistorySoon() {
        history.ask();
    }

    /** Wake-ups may have been missed. */
    public void sweep() {
        polls.ask();
    }

    /** What this node holds need not be what the tables say: an answer was lost, or a connection. */
    public void reclaimOrphans() {
        ownClaims.ask();
    }

    /** The database may have forgotten what was committed: neither what is held nor what was seen need be there any more. */
    public void inDoubt() {
        workers.lookEverywhere();
        lostWakeUps.forget();
        reclaimOrphans();
        sweep();
    }

    /** What was done may not have been told, or be forgotten: a sweep and a comparison make up for all of it. */
    private void failed(Throwable failure) {
        sweep();
        reclaimOrphans();
        if (Database.lacksPartition(failure)) {
            lookAfterHistorySoon();
        }
    }
}
