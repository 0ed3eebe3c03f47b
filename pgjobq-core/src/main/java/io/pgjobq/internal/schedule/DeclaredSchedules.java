package io.pgjobq.internal.schedule;

import io.pgjobq.Schedule;
import io.pgjobq.internal.store.StoredSchedules;
import io.pgjobq.internal.store.StoredSchedules.Stored;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.LogText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The schedules that this application declares, and what the tables say of them. Thread-safe. */
public final class DeclaredSchedules {

    private static final Logger LOG = Log.of(DeclaredSchedules.class);

    private final StoredSchedules store;
    private final DefaultJobSchedules schedules;
    private final Map<String, Schedule> declared = new ConcurrentHashMap<>();

    /** The number under which they were declared, 0 for none. */
    private volatile int declaredAs;

    public DeclaredSchedules(StoredSchedules store, DefaultJobSchedules schedules) {
        this.store = store;
        this.schedules = schedules;
    }

    /**
     * Adds a schedule.
     *
     * @throws IllegalArgumentException if there is one of that name already
     */
    public void add(Schedule schedule) {
        if (declared.putIfAbsent(schedule.name(), schedule) != null) {
            throw new IllegalArgumentException("schedule '" + schedule.name() + "' is declared twice");
        }
        declaredAs = 0;
    }

    /** Returns whether a node of that number has declared all of them, or need not. */
    public boolean areDeclaredAs(int node) {
        return declared.isEmpty() || declaredAs == node;
    }

    /** Writes down what has changed, and that a node declares it. What is as it was stays as it is, paused or not. */
    public void declareAs(int node) {
        Map<String, Stored> before = new HashMap<>();
        store.find(declared.keySet())
                .forEach(stored -> before.put(stored.description().schedule().name(), stored));
        Instant now = store.now();
        List<String> saved = new ArrayList<>();
        for (Schedule schedule : new TreeMap<>(declared).values()) {
            if (declare(schedule, before.get(schedule.name()), now)) {
                saved.add(schedule.name());
            }
        }
        store.declare(node, declared.keySet());
        declaredAs = node;
        if (!saved.isEmpty()) {
            LOG.info("schedules created or changed: {}", LogText.some(saved));
        }
    }

    /** If somebody else is faster, it is a node that declares the same, or another version of it: the last to start wins. */
    private boolean declare(Schedule schedule, @Nullable Stored before, Instant now) {
        boolean same = before != null
                && before.description().byCode()
                && before.description().schedule().equals(schedule);
        return !same && schedules.save(schedule, true, before, now);
    }
}
