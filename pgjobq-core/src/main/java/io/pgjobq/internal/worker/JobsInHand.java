package io.pgjobq.internal.worker;

import io.pgjobq.ContainerOptions;
import io.pgjobq.internal.settle.QuarantineSlot;
import io.pgjobq.internal.store.EndedTurns;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that a container holds and runs, and what follows from them: what the thread that takes jobs is to do, whether a
 * place can be kept, which job a runner goes on with. It decides and waits for nothing. Not thread-safe: {@link SharedJobs} hands it to one thread at a time.
 */
final class JobsInHand {

    private final int concurrency;
    private final Batches batches;
    private final BatchWait wait;
    private final BooleanSupplier mayTake;
    private final Lanes lanes;
    private final KeyTurns turns = new KeyTurns();
    private final PrefetchSizer pace;
    private final Deque<JobRun> held = new ArrayDeque<>();
    private final Set<JobRun> running = new HashSet<>();
    private final RunnerThreads threads;
    private final KeptSlot place;
    private final Gate gate;
    private int runners;

    /** Whether there was no thread for the runner that would go on with what is held. */
    private boolean stuck;

    /** Whether jobs are being taken at this moment. */
    private boolean taking;

    private boolean open;
    private boolean paused;

    JobsInHand(
            ContainerOptions options,
            Batches batches,
            BatchWait wait,
            QuarantineSlot quarantine,
            BooleanSupplier mayTake,
            RunnerThreads threads,
            LongSupplier nanoTime) {
        this.concurrency = options.concurrency();
        this.batches = batches;
        this.wait = wait;
        this.pace = new PrefetchSizer(options.maxPrefetch(), batches.largest(), batches.kinds() + 1);
        this.lanes = new Lanes(quarantine, options.leastUrgentEvery());
        this.mayTake = mayTake;
        this.threads = threads;
        this.place = new KeptSlot(nanoTime);
        this.gate = new Gate(nanoTime);
    }

    boolean isOpen() {
        return open;
    }

    boolean isPaused() {
        return paused;
    }

    Lanes lanes() {
        return lanes;
    }

    KeyTurns turns() {
        return turns;
    }

    /** Jobs with keys are no longer held here; returns whether that is going to be said with the next claim. */
    boolean ended(EndedTurns ended) {
        boolean takes = open && !paused;
        if (takes) {
            turns.ended(ended);
        }
        return takes;
    }

    /** The next job in a line may have its turn. */
    void announceTurn(long line) {
        if (open && !paused) {
            turns.announce(line);
        }
    }

    private boolean hasWork() {
        return lanes.hasWork() || !turns.isEmpty();
    }

    Gate gate() {
        return gate;
    }

    boolean open() {
        boolean was = open;
        open = true;
        lanes.lookEverywhere();
        return !was;
    }

    boolean close() {
        boolean was = open;
        open = false;
        return was;
    }

    void pause(boolean pause) {
        paused = pause;
        lanes.lookEverywhere();
    }

    /** Returns what the thread that takes jobs is to do, {@code null} if it is to wait. */
    @Nullable
    ClaimStep step(boolean over) {
        taking &= over;
        if (!open || over) {
            return new ClaimStep.End();
        }
        JobRun late = heldForTooLong();
        if (late != null) {
            pace.tooMuch(batches.runsAlone(late));
            return new ClaimStep.GiveBack();
        }
        int room = room();
        if (room == 0) {
            return null;
        }
        taking = true;
        return new ClaimStep.Take(room);
    }

    private @Nullable JobRun heldForTooLong() {
        if (batches.isNone()) {
            JobRun oldest = held.peek();
            return oldest != null && oldest.heldNanos() > Workload.HOLD_NANOS ? oldest : null;
        }
        return held.stream()
                .filter(run -> run.heldNanos() > Workload.HOLD_NANOS + batches.wait(run))
                .findFirst()
                .orElse(null);
    }

    private int room() {
        if (paused || !open || !hasWork() || !mayTake.getAsBoolean()) {
            return 0;
        }
        if (gate.isLimited()) {
            return gate.isOpen() ? vacancies() : 0;
        }
        int prefetch = pace.prefetch(concurrency);
        int free = free();
        // Where a place is free although jobs are held, these wait for others.
        boolean enough = held.size() > prefetch / 2 && (batches.isNone() || free <= 0);
        return enough ? 0 : Math.max(0, pace.places(free) + prefetch - held.size());
    }

    private int free() {
        return concurrency - places() - (place.isTaken() ? 1 : 0);
    }

    /** Jobs are being asked for; returns how many could start at once. */
    int ask() {
        gate.asking();
        return vacancies();
    }

    private int vacancies() {
        return Math.max(0, pace.places(free()) - held.size());
    }

    /** Returns how many places are taken: a batch takes one. */
    private int places() {
        return batches.isNone()
                ? running.size()
                : (int) running.stream().filter(JobRun::leads).count();
    }

    /** Returns in how long the thread that takes jobs has to look again even if nothing happens, {@link Long#MAX_VALUE} for never. */
    long nanosToLook() {
        long nanos = !held.isEmpty() || place.isAwaited() ? Workload.HOLD_NANOS / 2 : Long.MAX_VALUE;
        return gate.isOpen() ? nanos : Math.min(nanos, gate.nanosLeft());
    }

    /** There is room in a queue that has limits; returns whether jobs are going to be taken. */
    boolean freed() {
        boolean takes = open && !paused && hasWork();
        if (takes) {
            gate.freed();
        }
        return takes;
    }

    /** Returns whether the thread that takes jobs may have something to do, or may have to watch what is held. */
    boolean needsClaimer() {
        return stuck || !open || room() > 0;
    }

    long @Nullable [] keep(Object sender, int lane) {
        boolean vacant = open
                && !paused
                && !taking
                && !gate.isLimited()
                && !place.isTaken()
                && held.isEmpty()
                && places() < concurrency;
        if (!vacant || hasWork() || !mayTake.getAsBoolean()) {
            return null;
        }
        place.keep(sender);
        return lanes.unseen(lane);
    }

    void free(Object sender) {
        place.free(sender);
    }

    boolean fill(Object sender, JobRun run) {
        lanes.passed(run.job().lane(), run.job().seq());
        held.add(run);
        if (paused || !open) {
            return false;
        }
        place.free(sender);
        startRunner();
        return true;
    }

    void hold(List<JobRun> taken, long nanos) {
        // All of them or none.
        held.addAll(taken);
        pace.claimed(nanos);
        startRunner();
    }

    /** Wakes a runner if there is a job for it; it wakes the next. */
    private void startRunner() {
        stuck = false;
        if (runners == concurrency || !isAnyStartable()) {
            return;
        }
        // Until it has started, whatever happens.
        stuck = true;
        if (threads.start()) {
            runners++;
            stuck = false;
        }
    }

    /** Jobs may have waited for others for long enough. */
    void waited() {
        wait.end();
        startRunner();
    }

    private boolean isAnyStartable() {
        return !held.isEmpty() && (batches.isNone() || !startable().isEmpty());
    }

    /** Returns the jobs that run together next, none if all wait for others; then they are looked at again when they have waited. */
    private List<JobRun> startable() {
        List<JobRun> startable = batches.next(held);
        if (startable.isEmpty() && !held.isEmpty()) {
            wait.begin(batches.nanosLeft(held));
        }
        return startable;
    }

    @Nullable
    JobRun next(@Nullable JobRun last) {
        if (last != null) {
            ended(last);
            pace.ran(last.ranNanos());
        }
        JobRun next = null;
        if (!paused && open) {
            next = batches.isNone() ? begin() : beginTogether();
        }
        if (next == null) {
            runners--;
        } else {
            startRunner();
        }
        return next;
    }

    private void ended(JobRun run) {
        if (batches.isNone()) {
            running.remove(run);
        } else {
            run.together().forEach(running::remove);
        }
    }

    private @Nullable JobRun begin() {
        JobRun next = held.peek();
        if (next != null) {
            // In this order, so that a lack of memory loses nothing.
            running.add(next);
            held.remove();
        }
        return next;
    }

    private @Nullable JobRun beginTogether() {
        List<JobRun> next = startable();
        if (next.isEmpty()) {
            return null;
        }
        if (batches.takes(next.get(0))) {
            next = new JobBatch(next).runs();
        }
        running.addAll(next);
        try {
            letGo(next);
        } catch (Error ex) {
            next.forEach(running::remove);
            throw ex;
        }
        pace.started(next.size());
        return next.get(0);
    }

    private void letGo(List<JobRun> started) {
        if (started.size() == 1 && held.peek() == started.get(0)) {
            held.remove();
        } else {
            held.removeIf(running::contains);
        }
    }

    void died(@Nullable JobRun last) {
        runners--;
        if (last != null) {
            ended(last);
        }
        startRunner();
    }

    /** Returns what is held, which stays so until it is {@link #letGo}. */
    List<JobRun> held() {
        return List.copyOf(held);
    }

    int heldJobs() {
        return held.size();
    }

    void letGo() {
        held.clear();
        wait.end();
    }

    void abandon(JobRun run) {
        running.remove(run);
    }

    List<JobRun> running() {
        return List.copyOf(running);
    }

    @Nullable
    JobRun find(long job) {
        return Stream.concat(held.stream(), running.stream())
                .filter(run -> run.id() == job && !run.isSettled())
                .findFirst()
                .orElse(null);
    }

    /** Returns whether nothing runs, and nobody sends what would. */
    boolean isIdle() {
        return running.isEmpty() && !place.isAwaited();
    }
}
