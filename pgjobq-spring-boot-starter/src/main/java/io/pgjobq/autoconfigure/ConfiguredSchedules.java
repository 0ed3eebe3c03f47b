package io.pgjobq.autoconfigure;

import io.pgjobq.Missed;
import io.pgjobq.Schedule;
import io.pgjobq.properties.InvalidPropertyException;
import io.pgjobq.properties.PgJobqProperties;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.PropertyMapper;

/** What annotations say of schedules, overridden and added to by properties. */
final class ConfiguredSchedules {

    private static final PropertyMapper MAPPER = PropertyMapper.get();

    private final Map<String, PgJobqProperties.Schedule> configured;

    ConfiguredSchedules(Map<String, PgJobqProperties.Schedule> configured) {
        this.configured = configured;
    }

    /**
     * Returns all schedules that are to be declared.
     *
     * @param annotated those of annotations
     * @param queues those that exist here
     * @throws InvalidPropertyException if a property makes no sense
     */
    List<Schedule> with(List<Schedule> annotated, Set<String> queues) {
        Map<String, Schedule> byName = new LinkedHashMap<>();
        annotated.forEach(schedule -> byName.put(schedule.name(), schedule));
        List<Schedule> all = new ArrayList<>();
        annotated.stream()
                .filter(schedule -> !configured.containsKey(schedule.name()))
                .forEach(all::add);
        for (Map.Entry<String, PgJobqProperties.Schedule> entry : new TreeMap<>(configured).entrySet()) {
            if (entry.getValue().enabled()) {
                all.add(schedule(entry.getKey(), entry.getValue(), byName.get(entry.getKey()), queues));
            }
        }
        return all;
    }

    private static Schedule schedule(
            String name, PgJobqProperties.Schedule properties, @Nullable Schedule annotated, Set<String> queues) {
        String prefix = "pgjobq.schedules." + name + ".";
        String queue = properties.queue();
        if (annotated == null && queue == null) {
            throw new InvalidPropertyException(
                    prefix + "queue is not set, and there is no @JobSchedule named '" + name + "'.",
                    "Set " + prefix + "queue to the queue of the handler that is to be called.");
        }
        if (queue != null && !queues.contains(queue)) {
            throw new InvalidPropertyException(
                    prefix + "queue is '" + queue + "', for which there is neither a handler nor pgjobq.queues." + queue
                            + " here.",
                    "Name one of " + String.join(", ", queues) + ", or declare the queue.");
        }
        return PropertyRules.options(prefix, () -> schedule(name, properties, annotated, queue));
    }

    private static Schedule schedule(
            String name, PgJobqProperties.Schedule properties, @Nullable Schedule annotated, @Nullable String queue) {
        Schedule.Builder schedule = annotated == null || (queue != null && !queue.equals(annotated.queue()))
                ? Schedule.of(name, String.valueOf(queue))
                : annotated.toBuilder();
        MAPPER.from(properties.type()).to(schedule::type);
        MAPPER.from(properties.payload()).to(json -> schedule.payload(json));
        MAPPER.from(properties.priority()).to(schedule::priority);
        MAPPER.from(properties.overlap()).to(schedule::overlap);
        MAPPER.from(properties.every()).to(schedule::every);
        MAPPER.from(cron(properties, annotated)).to(cron -> schedule.cron(cron, zone(properties, annotated)));
        if (properties.missed() != null && properties.missed() != Missed.ALL) {
            schedule.missed(properties.missed());
        } else if (properties.catchUp() != null) {
            schedule.catchUp(properties.catchUp());
        } else {
            MAPPER.from(properties.missed()).to(schedule::missed);
        }
        return schedule.build();
    }

    /** A zone alone changes what the annotation's expression means. */
    private static @Nullable String cron(PgJobqProperties.Schedule properties, @Nullable Schedule annotated) {
        if (properties.cron() != null) {
            return properties.cron();
        }
        return properties.zone() == null || properties.every() != null || annotated == null ? null : annotated.cron();
    }

    private static String zone(PgJobqProperties.Schedule properties, @Nullable Schedule annotated) {
        if (properties.zone() != null) {
            return properties.zone();
        }
        return annotated == null ? "UTC" : annotated.zone().getId();
    }
}
