package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.node.RegisteredNode;
import io.pgjobq.internal.schedule.DeclaredSchedules;
import io.pgjobq.internal.store.CancellationStore;
import io.pgjobq.internal.store.JobStore;
import io.pgjobq.internal.store.KeyStore;
import io.pgjobq.internal.store.LaneStore;
import io.pgjobq.internal.store.NodeStore;
import io.pgjobq.internal.store.QueueStore;
import io.pgjobq.internal.store.ScheduleStore;
import io.pgjobq.internal.store.Swept;
import io.pgjobq.internal.support.Listening;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What maintenance asks of the tables, asked for a node. */
record StoredTables(Maintenance.Stores stores, DeclaredSchedules schedules, RegisteredNode self, Listening listening)
        implements Tables {

    @Override
    public LaneStore.Promotion look(int limit, @Nullable OffsetDateTime from) {
        return stores.lanes().promote(limit, from);
    }

    @Override
    public long position() {
        return stores.lanes().position();
    }

    @Override
    public LaneStore.Neglected sweep(int[] queues, long from) {
        return stores.lanes().sweep(queues, from);
    }

    @Override
    public boolean areListenedTo() {
        return listening.isListening();
    }

    @Override
    public List<NodeStore.DeadNode> declareDead(boolean quick) {
        return stores.nodes().declareDead(self.id(), quick);
    }

    @Override
    public List<NodeStore.Rescue> rescue(int claims) {
        return stores.nodes().rescue(claims);
    }

    @Override
    public List<CancellationStore.Request> requests() {
        return stores.cancellations().of(self.id());
    }

    @Override
    public CancellationStore.Outcome cancel(long job, @Nullable String reason) {
        return stores.cancellations().cancel(job, reason);
    }

    /** A node that is off the list declares nothing. */
    @Override
    public boolean hasDeclared() {
        return self.id() == 0 || schedules.areDeclaredAs(self.id());
    }

    @Override
    public void declare() {
        schedules.declareAs(self.id());
    }

    @Override
    public List<ScheduleStore.Due> dueSchedules(int limit) {
        return stores.schedules().due(limit);
    }

    @Override
    public List<ScheduleStore.Fired> fire(List<ScheduleStore.Move> moves) {
        return stores.schedules().fire(moves);
    }

    @Override
    public void putOff(ScheduleStore.Due due, Duration time) {
        stores.schedules().putOff(due, time);
    }

    @Override
    public @Nullable Long nextInMillis() {
        return stores.schedules().nextInMillis();
    }

    @Override
    public Swept<KeyStore.HoldPosition> sweepHolds(KeyStore.@Nullable HoldPosition from, int limit) {
        return stores.keys().sweep(from, limit);
    }

    @Override
    public Swept<JobStore.KeyPosition> sweepKeys(JobStore.@Nullable KeyPosition from, int limit) {
        return stores.jobs().sweepKeys(from, limit);
    }

    @Override
    public Swept<Long> sweepProgress(@Nullable Long after, int limit) {
        return stores.progress().sweep(after, limit);
    }

    @Override
    public List<Long> expired(int limit) {
        return stores.jobs().expired(limit);
    }

    @Override
    public boolean expire(long job) {
        return stores.jobs().expire(job);
    }

    @Override
    public @Nullable Long nextDeadlineInMillis() {
        return stores.jobs().nextDeadlineInMillis();
    }

    @Override
    public void maintain() {
        stores.finished().maintain();
    }

    @Override
    public @Nullable String drop() {
        return stores.finished().drop();
    }

    @Override
    public QueueStore.Purge purge(int limit) {
        return stores.queues().purge(limit);
    }

    @Override
    public List<Integer> unknown() {
        return stores.queues().unknown();
    }
}
