package io.pgjobq.node;

import io.pgjobq.notify.Doorbell;
import io.pgjobq.store.Database;
import io.pgjobq.store.FinishedJobStore;
import io.pgjobq.store.LaneStore;
import io.pgjobq.store.NodeStore;
import io.pgjobq.store.QueueStore;
import io.pgjobq.store.ReadyJobs;
import io.pgjobq.store.Registration;
import io.pgjobq.support.Background;
import io.pgjobq.support.Vitals;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What a node does now and then, on one thread: puts due jobs in line, looks for jobs that no wake-up told of, rescues the
 * jobs of dead nodes, gives back claims that it does not know, and looks after the history. Thread-safe.
 */
public final class Maintenance {

    private final Background background;
    private final Rounds rounds;
    private final Announcements announcements;
    private final Workers workers;
    private final DueJobs dueJobs;
    private final LostWakeUps lostWakeUps;

    private final Task history;
    private final Task deadNodes;
    private final Task promotion;
    private final Task polls;
    private final Task ownClaims;

    /** What maintenance needs of the tables. */
    public record Stores(NodeStore nodes, LaneStore lanes, FinishedJobStore finished, QueueStore queues) {}

    /** What maintenance needs to know of those who run jobs, and tells them. */
    public interface Workers {

        /** Returns the numbers of the queues that this node takes jobs from. */
        int[] queues();

        /** These of the queues are not there. */
        void missing(List<Integer> queues);

        /** Looks whether somebody keeps a lock that is needed for milliseconds at a time. */
        void watchLocks();

        /** All jobs with a lower seq were drawn a while ago; no worker needs to look below it without being told. */
        void advance(long seq);

        /** Returns whether jobs were taken since the last call. */
        boolean tookJobs();

        /** All that was seen of the lanes may be there no more, and something else in its place. */
        void lookEverywhere();

        /** Compares what this node holds with what the tables say; returns whether something was given back. */
        boolean auditClaims(Registration registration);

        /** Looks there for jobs that nobody here can run. */
        void reportUnknownTypes(ReadyJobs from);
    }

    public Maintenance(
            Node node,
            Stores stores,
            Doorbell doorbell,
            Workers workers,
            Duration pollInterval,
            BooleanSupplier listening,
            Vitals vitals) {
        background = new Background("pgjobq-maintenance", vitals);
        rounds = new Rounds(background, System::nanoTime, vitals);
        this.workers = workers;
        announcements = new Announcements(doorbell);
        dueJobs = new DueJobs(stores.lanes()::promote, System::nanoTime);
        lostWakeUps = new LostWakeUps(
                new StoredLanes(stores.lanes(), listening), workers, new Found(), pollInterval, System::nanoTime);
        history = rounds.add("history", new HistoryUpkeep(stores.finished(), stores.queues(), announcements));
        deadNodes = rounds.add(
                "rescue of dead nodes' jobs",
                new DeadNodes(new StoredNodes(stores.nodes(), node), node.signs()::areSteady, announcements));
        promotion = rounds.add("due jobs", this::promote);
        polls = rounds.add("polling", lostWakeUps);
        ownClaims = rounds.add("claims of this node", new OwnClaims(node::registration, workers, this::sweep));
    }

    /** Starts the thread. */
    public void start() {
        List.of(history, promotion, polls, ownClaims).forEach(task -> task.in(Duration.ZERO));
        background.start(() -> rounds.next(this::failed));
    }

    /** Stops the thread. */
    public void stop() throws InterruptedException {
        background.stop();
    }

    /** A waiting job will be due. */
    public void due(long inMillis) {
        promotion.in(Duration.ofMillis(inMillis));
    }

    /** Another node has been silent for longer than it should. */
    public void othersSilent() {
        deadNodes.ask();
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
    public void tidy() {
        ownClaims.ask();
    }

    /** The database may have forgotten what was committed: neither what is held nor what was seen need be there any more. */
    public void inDoubt() {
        workers.lookEverywhere();
        lostWakeUps.forget();
        tidy();
        sweep();
    }

    /** What was done may not have been told, or be forgotten: a sweep and a comparison make up for all of it. */
    private void failed(Throwable failure) {
        sweep();
        tidy();
        if (Database.lacksPartition(failure)) {
            lookAfterHistorySoon();
        }
    }

    private Duration promote(boolean asked) {
        LaneStore.Promotion done = dueJobs.promote();
        done.ready().forEach(announcements::ready);
        return done.nextInMillis() == null ? Step.SELDOM : Duration.ofMillis(done.nextInMillis());
    }

    private record StoredLanes(LaneStore store, BooleanSupplier listening) implements LostWakeUps.Lanes {

        @Override
        public long position() {
            return store.position();
        }

        @Override
        public LaneStore.Neglected sweep(int[] queues, long from) {
            return store.sweep(queues, from);
        }

        @Override
        public boolean areListenedTo() {
            return listening.getAsBoolean();
        }
    }

    private record StoredNodes(NodeStore store, Node self) implements DeadNodes.Nodes {

        @Override
        public List<NodeStore.DeadNode> declareDead(boolean quick) {
            return store.declareDead(self.id(), quick);
        }

        @Override
        public List<NodeStore.Rescue> rescue(int claims) {
            return store.rescue(claims);
        }
    }

    /** Passes on what a poll has found. */
    private final class Found implements LostWakeUps.Findings {

        @Override
        public void ready(ReadyJobs ready) {
            announcements.readyHere(ready);
            workers.reportUnknownTypes(ready);
        }

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
}
