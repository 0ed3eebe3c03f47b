package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.CancellationStore;
import io.pgjobq.internal.store.JobStore;
import io.pgjobq.internal.store.KeyStore;
import io.pgjobq.internal.store.LaneStore;
import io.pgjobq.internal.store.NodeStore;
import io.pgjobq.internal.store.QueueStore;
import io.pgjobq.internal.store.ScheduleStore;
import io.pgjobq.internal.store.Swept;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Remembers what upkeep asks of the tables, and answers as it is told. Used by one thread at a time. */
final class FakeTables implements Tables {

    /** In the order of the calls. Without arguments that differ each time. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    LaneStore.Promotion promotion = new LaneStore.Promotion(List.of(), null, null);
    LaneStore.Neglected neglected = new LaneStore.Neglected(List.of(), null, false);
    QueueStore.Purge purge = new QueueStore.Purge(new long[0], false);
    List<NodeStore.Rescue> rescued = List.of();
    boolean listenedTo = true;
    long position = 10;
    boolean declared = true;

    @Nullable
    Long nextSchedule;

    private final Map<String, Runnable> then = new HashMap<>();

    /** That call does this, too, or fails with it. */
    void on(String call, Runnable action) {
        then.put(call, action);
    }

    private void call(String call) {
        calls.add(call);
        then.getOrDefault(call, () -> {}).run();
    }

    @Override
    public LaneStore.Promotion look(int limit, @Nullable OffsetDateTime from) {
        call("promote " + limit);
        return promotion;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public LaneStore.Neglected sweep(int[] queues, long from) {
        call("sweep " + from);
        return neglected;
    }

    @Override
    public boolean areListenedTo() {
        return listenedTo;
    }

    @Override
    public List<NodeStore.DeadNode> declareDead(boolean quick) {
        call("declare dead");
        return List.of();
    }

    @Override
    public List<NodeStore.Rescue> rescue(int claims) {
        call("rescue " + claims);
        return rescued;
    }

    @Override
    public boolean hasDeclared() {
        return declared;
    }

    @Override
    public void declare() {
        call("declare");
    }

    @Override
    public List<ScheduleStore.Due> dueSchedules(int limit) {
        call("schedules " + limit);
        return List.of();
    }

    @Override
    public List<ScheduleStore.Fired> fire(List<ScheduleStore.Move> moves) {
        throw new IllegalStateException("nothing is due");
    }

    @Override
    public void putOff(ScheduleStore.Due due, Duration time) {
        throw new IllegalStateException("nothing is due");
    }

    @Override
    public @Nullable Long nextInMillis() {
        return nextSchedule;
    }

    @Override
    public List<Long> expired(int limit) {
        call("expired " + limit);
        return List.of();
    }

    @Override
    public boolean expire(long job) {
        throw new IllegalStateException("nothing has expired");
    }

    @Override
    public @Nullable Long nextDeadlineInMillis() {
        return null;
    }

    @Override
    public Swept<JobStore.KeyPosition> sweepKeys(JobStore.@Nullable KeyPosition from, int limit) {
        call("sweep keys");
        return new Swept<>(false, null);
    }

    @Override
    public Swept<KeyStore.HoldPosition> sweepHolds(KeyStore.@Nullable HoldPosition from, int limit) {
        call("sweep holds");
        return new Swept<>(false, null);
    }

    @Override
    public Swept<Long> sweepProgress(@Nullable Long after, int limit) {
        call("sweep progress");
        return new Swept<>(false, null);
    }

    @Override
    public List<CancellationStore.Request> requests() {
        call("requests");
        return List.of();
    }

    @Override
    public CancellationStore.Outcome cancel(long job, @Nullable String reason) {
        call("cancel " + job);
        return CancellationStore.Outcome.UNKNOWN;
    }

    @Override
    public void maintain() {
        call("maintain");
    }

    @Override
    public @Nullable String drop() {
        call("drop");
        return null;
    }

    @Override
    public QueueStore.Purge purge(int limit) {
        call("purge " + limit);
        return purge;
    }

    @Override
    public List<Integer> unknown() {
        call("unknown");
        return List.of();
    }
}
