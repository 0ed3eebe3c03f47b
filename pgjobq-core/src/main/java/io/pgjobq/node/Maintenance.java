package io.pgjobq.node;

import io.pgjobq.notify.Doorbell;
import io.pgjobq.notify.Signal;
import io.pgjobq.store.Database;
import io.pgjobq.store.FinishedJobStore;
import io.pgjobq.store.LaneStore;
import io.pgjobq.store.NodeStore;
import io.pgjobq.store.QueueStore;
import io.pgjobq.store.ReadyJobs;
import io.pgjobq.store.Registration;
import io.pgjobq.support.Background;
import io.pgjobq.support.Outage;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does now and then, on one thread: puts due jobs in line, looks for jobs that no wake-up told of, rescues the
 * jobs of dead nodes, tidies its own claims, and looks after the history. Thread-safe.
 */
public final class Maintenance {

    private static final int RESCUE_AT_ONCE = 50;
    private static final Duration HISTORY_EVERY = Duration.ofMinutes(20);
    private static final Duration TIDY_EVERY = Duration.ofSeconds(30);

    /** How many times in a row a node that took nothing need not tidy. */
    private static final int UNTIDIED_AT_MOST = 9;

    private static final long UNKNOWN = Long.MIN_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

    private final Node node;
    private final Stores stores;
    private final Doorbell doorbell;
    private final Workers workers;
    private final Duration pollInterval;
    private final BooleanSupplier listening;
    private final Outage outage = new Outage(LOG, "maintenance");

    private final Background background = new Background("pgjobq-maintenance");

    /** Guarded by the background's lock, as are the next seven; times are of {@link System#nanoTime}. */
    private long dueAt;

    /** What the last heartbeat since the last poll showed, {@link #UNKNOWN} if there was none. */
    private long drawn = UNKNOWN;

    /** Where the sequence stood at the last poll, if that poll found it to rest; {@link #UNKNOWN} if not. */
    private long restsAt = UNKNOWN;

    private boolean beatWanted;
    private boolean historyWanted;
    private boolean rescueWanted;
    private boolean sweepWanted;
    private boolean tidyWanted;

    /** Only used by the thread, as are the next seven. */
    private long nextPoll;

    private long nextHistory;
    private long nextTidy;
    private int untidied = UNTIDIED_AT_MOST;
    private final PollPace pace = new PollPace();
    private final Share wholeLooks = new Share(System.nanoTime());

    /** From where to look as long as looking at all is not due. Set to 0 by others. */
    private volatile long floor;

    private final DueJobs dueJobs;
    private final HistoryUpkeep history;

    /** What maintenance needs of the tables. */
    public record Stores(NodeStore nodes, LaneStore lanes, FinishedJobStore finished, QueueStore queues) {}

    /** What maintenance needs to know of those who run jobs, and tells them. */
    public interface Workers {

        /** Returns the numbers of the queues that this node takes jobs from. */
        int[] queues();

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
            BooleanSupplier listening) {
        this.node = node;
        this.stores = stores;
        this.dueJobs = new DueJobs(stores.lanes()::promote, System::nanoTime);
        this.history = new HistoryUpkeep(stores.finished(), stores.queues());
        this.doorbell = doorbell;
        this.workers = workers;
        this.pollInterval = pollInterval;
        this.listening = listening;
    }

    /** Starts the thread. */
    public void start() {
        long now = System.nanoTime();
        background.change(() -> dueAt = nextPoll = nextHistory = nextTidy = now);
        background.start(this::run);
    }

    /** Stops the thread. */
    public void stop() throws InterruptedException {
        background.stop();
    }

    /** A waiting job will be due. */
    public void due(long inMillis) {
        long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.min(inMillis, TimeUnit.DAYS.toMillis(1)));
        background.change(() -> dueAt = earlier(dueAt, at));
    }

    /** Another node has been silent for longer than it should. */
    public void othersSilent() {
        background.change(() -> rescueWanted = true);
    }

    /** The node's own connection is lost: it must show on the pool, and soon, that it lives. */
    public void beat() {
        background.change(() -> beatWanted = true);
    }

    /**
     * A heartbeat has shown how far sequence numbers have been drawn. If they had come to rest, the next poll would look in a
     * while only; now it looks at once.
     */
    public void drawn(long position) {
        background.change(() -> drawn = position);
    }

    /** Called under the lock. */
    private boolean hasMoved() {
        return restsAt != UNKNOWN && drawn != UNKNOWN && drawn != restsAt;
    }

    /** A partition is missing. */
    public void lookAfterHistorySoon() {
        background.change(() -> historyWanted = true);
    }

    /** Wake-ups may have been missed. */
    public void sweep() {
        background.change(() -> sweepWanted = true);
    }

    /** What this node holds need not be what the tables say: an answer was lost, or a connection. */
    public void tidy() {
        background.change(() -> tidyWanted = true);
    }

    /** The database may have forgotten what was committed: neither what is held nor what was seen need be there any more. */
    public void inDoubt() {
        workers.lookEverywhere();
        floor = 0;
        background.change(() -> tidyWanted = sweepWanted = true);
    }

    private void run() throws InterruptedException {
        while (awaitWork()) {
            try {
                work();
                outage.recovered();
            } catch (RuntimeException ex) {
                // What was asked for may not have been done, and what was said before may be forgotten: both are made
                // up for.
                sweep();
                tidy();
                if (Database.lacksPartition(ex)) {
                    lookAfterHistorySoon();
                }
                background.rest(outage.failed(ex));
            }
        }
    }

    private void work() {
        boolean hurry = take(() -> beatWanted, () -> beatWanted = false) || !listening.getAsBoolean();
        node.beatIfSilentFor(hurry ? node.every().dividedBy(2) : node.every().multipliedBy(2));
        if (take(() -> historyWanted, () -> historyWanted = false) || isOver(nextHistory)) {
            nextHistory = System.nanoTime() + HISTORY_EVERY.toNanos();
            QueueStore.Purge purge = history.lookAfter();
            ringEnded(purge.awaited());
            if (purge.more()) {
                lookAfterHistorySoon();
            }
        }
        if (take(() -> rescueWanted, () -> rescueWanted = false)) {
            declareDead();
        }
        if (take(() -> isOver(dueAt), () -> dueAt = System.nanoTime() + TimeUnit.DAYS.toNanos(1))) {
            promote();
        }
        boolean asked = take(() -> sweepWanted, () -> sweepWanted = false);
        if (asked || background.read(this::hasMoved) || isOver(nextPoll)) {
            poll(asked);
        }
        boolean tidyNow = take(() -> tidyWanted, () -> tidyWanted = false);
        if (tidyNow || isOver(nextTidy)) {
            nextTidy = System.nanoTime() + TIDY_EVERY.toNanos();
            tidy(tidyNow);
        }
    }

    private void declareDead() {
        for (NodeStore.DeadNode dead : stores.nodes().declareDead(node.id(), node.isSteady())) {
            LOG.warn("node {} '{}': declared dead, its jobs are run elsewhere", dead.id(), dead.name());
        }
        rescue();
    }

    private void rescue() {
        List<NodeStore.Rescue> rescued;
        do {
            rescued = stores.nodes().rescue(RESCUE_AT_ONCE);
            for (NodeStore.Rescue rescue : rescued) {
                LOG.info("rescued {} jobs of a dead node, {} died", rescue.rescued(), rescue.died());
                if (rescue.ready() != null) {
                    announce(rescue.ready(), rescue.suspects());
                }
                ringEnded(rescue.awaited());
            }
        } while (rescued.size() == RESCUE_AT_ONCE);
    }

    private void announce(ReadyJobs ready, long suspects) {
        ring(ready);
        if (suspects > 0) {
            LOG.warn(
                    "queue {}: {} jobs were held by two nodes that died, or more, and are run one at a time on each node",
                    ready.queue(),
                    suspects);
            ring(new ReadyJobs(ready.queue(), ReadyJobs.SUSPECTS, 0));
        }
    }

    private void promote() {
        LaneStore.Promotion promotion = dueJobs.promote();
        promotion.ready().forEach(this::ring);
        if (promotion.nextInMillis() != null) {
            due(promotion.nextInMillis());
        }
    }

    private void poll(boolean asked) {
        long started = System.nanoTime();
        long position = position();
        boolean looks = pace.shouldLook(position, asked || !listening.getAsBoolean());
        if (looks) {
            look(asked);
        }
        background.change(() -> restsAt = looks ? UNKNOWN : position);
        workers.advance(pace.drawnBeforeLastPoll());
        long took = System.nanoTime() - started;
        nextPoll = System.nanoTime() + Math.max(pollInterval.toNanos(), took * 20);
    }

    /** An older one is as good: it is asked for before the look, and what was drawn after it shows at the next poll. */
    private long position() {
        long shown = background.read(() -> {
            long last = drawn;
            drawn = UNKNOWN;
            return last;
        });
        return shown == UNKNOWN ? stores.lanes().position() : shown;
    }

    /** Looks at all there is, unless that has turned out to take long: then at what was drawn since, in between. */
    private void look(boolean all) {
        long started = System.nanoTime();
        boolean whole = all || floor == 0 || wholeLooks.isDue(started);
        LaneStore.Neglected neglected = stores.lanes().sweep(workers.queues(), whole ? 0 : floor);
        if (whole) {
            wholeLooks.took(started, System.nanoTime());
            floor = pace.drawnBeforeLastPoll();
        }
        for (ReadyJobs found : neglected.ready()) {
            doorbell.ringHere(signal(found));
            workers.reportUnknownTypes(found);
        }
        if (neglected.abandoned()) {
            // A rescuer has died in the middle, or a zombie made a claim after its death.
            rescue();
        }
        if (neglected.dueInMillis() != null) {
            dueJobs.seen(neglected.dueInMillis());
            due(Math.max(0, neglected.dueInMillis()));
        }
    }

    /**
     * The claims of a node that took nothing since the last time are as they were then. One whose answer was lost may even be
     * made after that, so that it looks again the next time.
     */
    private void tidy(boolean asked) {
        if (asked || workers.tookJobs() || untidied >= UNTIDIED_AT_MOST) {
            untidied = asked ? UNTIDIED_AT_MOST : 0;
            tidyClaims();
        } else {
            untidied++;
        }
    }

    private void tidyClaims() {
        Registration registration = node.registration();
        if (registration != null && workers.auditClaims(registration)) {
            sweep();
        }
    }

    private void ring(ReadyJobs ready) {
        doorbell.ring(signal(ready));
    }

    private void ringEnded(long[] ids) {
        if (ids.length > 0) {
            doorbell.ring(new Signal.Ended(Arrays.stream(ids).boxed().toList()));
        }
    }

    private static Signal signal(ReadyJobs ready) {
        return new Signal.Ready(ready.queue(), ready.priority(), ready.seq());
    }

    private boolean take(BooleanSupplier wanted, Runnable reset) {
        return background.read(() -> {
            boolean result = wanted.getAsBoolean();
            if (result) {
                reset.run();
            }
            return result;
        });
    }

    /** Returns whether to go on. */
    private boolean awaitWork() throws InterruptedException {
        long beat = nextBeat();
        while (!background.isStopping()) {
            long next = background.read(
                    () -> earlier(earlier(dueAt, nextPoll), earlier(earlier(nextHistory, nextTidy), beat)));
            long seen = background.read(() -> dueAt);
            boolean over = background.await(
                    () -> isAsked() || dueAt != seen, Duration.ofNanos(Math.max(0, next - System.nanoTime())));
            if (over || background.read(this::isAsked)) {
                return !background.isStopping();
            }
        }
        return false;
    }

    /** As long as the listener shows that the node lives, there is nothing to do for that. */
    private long nextBeat() {
        long every = node.every().toNanos();
        long next = System.nanoTime() + every;
        long overdue = node.lastBeat() + 2 * every;
        return listening.getAsBoolean() && overdue - next > 0 ? overdue : next;
    }

    /** Called under the lock. */
    private boolean isAsked() {
        return beatWanted || hasMoved() || historyWanted || rescueWanted || sweepWanted || tidyWanted;
    }

    private static boolean isOver(long time) {
        return System.nanoTime() - time >= 0;
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }
}
