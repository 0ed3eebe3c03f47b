package io.pgjobq.internal.admin;

import io.pgjobq.DeadJob;
import io.pgjobq.DeadJobs;
import io.pgjobq.JobFilter;
import io.pgjobq.PayloadConverter;
import io.pgjobq.Rate;
import io.pgjobq.internal.convert.JobTypes;
import io.pgjobq.internal.convert.Payloads;
import io.pgjobq.internal.convert.TypeName;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.DeadJobStore;
import io.pgjobq.internal.store.DeadJobStore.Death;
import io.pgjobq.internal.store.DeadJobStore.Part;
import io.pgjobq.internal.store.DeadJobStore.Redriven;
import io.pgjobq.internal.store.DeadJobStore.Spread;
import io.pgjobq.internal.store.QueueNumbers;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at dead jobs and revives them through the store. Thread-safe. */
public final class DefaultDeadJobs implements DeadJobs {

    private static final int LOOKED_AT_ONCE = 1_000;

    private final DeadJobStore store;
    private final QueueNumbers queues;
    private final Payloads payloads;
    private final Doorbell doorbell;

    public DefaultDeadJobs(DeadJobStore store, QueueNumbers queues, PayloadConverter converter, Doorbell doorbell) {
        this.store = store;
        this.queues = queues;
        this.payloads = new Payloads(converter);
        this.doorbell = doorbell;
    }

    @Override
    public Optional<DeadJob> find(long id) {
        return store.find(id);
    }

    @Override
    public boolean redrive(long id) {
        return announce(store.redrive(id, null, null)) > 0;
    }

    @Override
    public boolean redrive(long id, Object payload) {
        byte[] bytes = payloads.write("job " + id, payload);
        DeadJob dead = find(id).orElse(null);
        return dead != null && announce(store.redrive(id, newType(dead, payload), bytes)) > 0;
    }

    /** Returns the name of the payload's class, {@code null} if the job keeps its type. */
    private static @Nullable String newType(DeadJob dead, Object payload) {
        if (payload instanceof byte[]) {
            return null;
        }
        Class<?> given = payload.getClass();
        // In whatever version it was sent.
        String name = TypeName.parse(dead.type()).name();
        if (JobTypes.namesFor(given).stream()
                .noneMatch(each -> TypeName.parse(each).name().equals(name))) {
            throw new IllegalArgumentException("job " + dead.id() + ": its type is '" + dead.type()
                    + "', which is no name of a " + given.getName()
                    + "; give one of the job's type, or the bytes that its handler reads");
        }
        return JobTypes.nameOf(given);
    }

    @Override
    public long redriveAll(JobFilter filter) {
        return redriveAll(filter, (Long) null);
    }

    @Override
    public long redriveAll(JobFilter filter, Rate rate) {
        return redriveAll(filter, rate.period().toNanos() / 1_000 / rate.count());
    }

    private long redriveAll(JobFilter filter, @Nullable Long everyMicros) {
        long total = 0;
        OffsetDateTime until = null;
        for (int queue : FilteredQueues.of(filter, queues)) {
            Death after = null;
            do {
                Spread spread = everyMicros == null ? null : new Spread(total, everyMicros);
                Part part = store.redriveSome(queue, filter, LOOKED_AT_ONCE, after, until, spread);
                total += announce(part.lanes());
                // Those that die again meanwhile are not part of it.
                until = part.until();
                after = part.next();
            } while (after != null);
        }
        return total;
    }

    private long announce(List<Redriven> redriven) {
        long jobs = 0;
        for (Redriven lane : redriven) {
            doorbell.ring(
                    lane.dueInMillis() == null
                            ? new Signal.Ready(
                                    lane.first().queue(),
                                    lane.first().priority(),
                                    lane.first().seq())
                            : new Signal.Due(lane.dueInMillis()));
            jobs += lane.jobs();
        }
        return jobs;
    }
}
