package io.pgjobq.internal.schedule;

import io.pgjobq.Schedule;
import io.pgjobq.ScheduleDescription;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.StoredSchedules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Schedules that others change when the test says so. Used by one thread. */
final class FakeSchedules implements StoredSchedules {

    final Map<String, Stored> stored = new TreeMap<>();
    final List<String> calls = new ArrayList<>();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    /** Done before the next change, as if by somebody else. */
    Runnable before = () -> {};

    void put(Schedule schedule, boolean byCode, boolean declared, boolean paused, @Nullable Instant next, int version) {
        ScheduleDescription description = new ScheduleDescription(schedule, byCode, declared, paused, next, null, null);
        stored.put(schedule.name(), new Stored(description, version));
    }

    private boolean isSeen(String name, @Nullable Integer version) {
        Runnable somebody = before;
        before = () -> {};
        somebody.run();
        Stored there = stored.get(name);
        return there == null ? version == null : Objects.equals(version, there.version());
    }

    @Override
    public List<Stored> find(Collection<String> names) {
        return stored.entrySet().stream()
                .filter(entry -> names.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public List<Stored> all() {
        return List.copyOf(stored.values());
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public boolean save(Schedule schedule, boolean byCode, @Nullable Instant next, @Nullable Integer version) {
        boolean saved = !schedule.queue().equals("gone") && isSeen(schedule.name(), version);
        calls.add("save " + schedule.name() + " " + version + " " + next + " " + saved);
        if (saved) {
            put(schedule, byCode, true, false, next, version == null ? 1 : version + 1);
        }
        return saved;
    }

    @Override
    public void declare(int node, Collection<String> names) {
        calls.add("declare " + node + " " + names.stream().sorted().toList());
    }

    @Override
    public boolean pause(String name) {
        return stored.containsKey(name);
    }

    @Override
    public boolean resume(String name, int version, @Nullable Instant next) {
        boolean resumed = isSeen(name, version);
        calls.add("resume " + name + " " + version + " " + next + " " + resumed);
        return resumed;
    }

    @Override
    public boolean delete(String name) {
        return stored.remove(name) != null;
    }

    @Override
    public @Nullable Run run(String name) {
        return stored.containsKey(name) ? new Run(42, new LanePosition(7, 5, 42)) : null;
    }
}
