package io.pgjobq.internal.schedule;

import io.pgjobq.JobSchedules;
import io.pgjobq.Schedule;
import io.pgjobq.ScheduleDescription;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.QueueNumbers;
import io.pgjobq.internal.store.StoredSchedules;
import io.pgjobq.internal.store.StoredSchedules.Run;
import io.pgjobq.internal.store.StoredSchedules.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes schedules as they were seen, again if somebody else was faster, and tells everybody when the next one is due. Thread-safe. */
public final class DefaultJobSchedules implements JobSchedules {

    private static final int MOST_TIMES = 1_000;

    private final StoredSchedules store;
    private final QueueNumbers queues;
    private final Doorbell doorbell;

    public DefaultJobSchedules(StoredSchedules store, QueueNumbers queues, Doorbell doorbell) {
        this.store = store;
        this.queues = queues;
        this.doorbell = doorbell;
    }

    @Override
    public void save(Schedule schedule) {
        while (true) {
            Stored before = stored(schedule.name());
            if (before != null && before.description().byCode()) {
                throw new IllegalStateException("schedule '" + schedule.name()
                        + "' is declared by an application; change it there, or in its properties");
            }
            if (save(schedule, false, before, store.now())) {
                return;
            }
            if (queues.find(schedule.queue()) == null) {
                throw new UnknownQueueException(schedule.queue());
            }
        }
    }

    /**
     * Creates or changes a schedule as it was seen; returns whether that was done.
     *
     * @param before as it was seen, {@code null} if there was none
     */
    boolean save(Schedule schedule, boolean byCode, @Nullable Stored before, Instant now) {
        Instant next = next(schedule, before, now);
        Integer version = before == null ? null : before.version();
        boolean saved = store.save(schedule, byCode, next, version);
        if (saved) {
            tell(next, now);
        }
        return saved;
    }

    /** A time that is due, and for which nothing was sent yet, stays so. */
    private static @Nullable Instant next(Schedule schedule, @Nullable Stored before, Instant now) {
        ScheduleDescription description = before == null ? null : before.description();
        if (description != null && !description.paused()) {
            Instant due = description.next();
            if (due != null && !due.isAfter(now)) {
                return due;
            }
        }
        return Firing.first(schedule, now);
    }

    @Override
    public Optional<ScheduleDescription> find(String name) {
        return Optional.ofNullable(stored(name)).map(Stored::description);
    }

    @Override
    public List<ScheduleDescription> list() {
        return store.all().stream().map(Stored::description).toList();
    }

    @Override
    public boolean pause(String name) {
        return store.pause(name);
    }

    @Override
    public boolean resume(String name) {
        while (true) {
            Stored before = stored(name);
            if (before == null || !before.description().paused()) {
                return before != null;
            }
            Instant now = store.now();
            Instant next = Firing.first(before.description().schedule(), now);
            if (store.resume(name, before.version(), next)) {
                tell(next, now);
                return true;
            }
        }
    }

    @Override
    public long runNow(String name) {
        Run run = store.run(name);
        if (run == null) {
            throw new IllegalStateException(known(name) + " can't send: its queue was deleted");
        }
        LanePosition ready = run.ready();
        doorbell.ring(new Signal.Ready(ready.queue(), ready.priority(), ready.seq()));
        return run.id();
    }

    @Override
    public boolean delete(String name) {
        Stored before = stored(name);
        if (before != null
                && before.description().byCode()
                && before.description().declared()) {
            throw new IllegalStateException(
                    "schedule '" + name + "' is declared by an application that runs; remove it there, or pause it");
        }
        return store.delete(name);
    }

    @Override
    public List<Instant> next(String name, int count) {
        if (count < 1 || count > MOST_TIMES) {
            throw new IllegalArgumentException("count must be from 1 to " + MOST_TIMES + ", but is " + count);
        }
        return Firing.first(known(name), store.now(), count);
    }

    private Schedule known(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException("there is no schedule '" + name + "'"))
                .schedule();
    }

    private @Nullable Stored stored(String name) {
        List<Stored> found = store.find(List.of(name));
        return found.isEmpty() ? null : found.get(0);
    }

    private void tell(@Nullable Instant next, Instant now) {
        if (next != null) {
            doorbell.ring(
                    new Signal.Scheduled(Math.max(0, Duration.between(now, next).toMillis())));
        }
    }
}
