package io.pgjobq;

import io.pgjobq.internal.support.LogText;
import io.pgjobq.internal.support.StorableText;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs are meant: those for which all holds that the filter says. Immutable: each method returns a new filter. Text that no
 * job can have, with a NUL character or half a surrogate pair, is refused with {@link IllegalArgumentException}. Times are compared
 * with those of the database's clock.
 */
public final class JobFilter {

    private static final JobFilter ANY = new JobFilter(new Values(null, null, Map.of(), null, null, null, null, null));

    private final Values values;

    private record Values(
            @Nullable String queue,
            @Nullable String type,
            Map<String, String> attributes,
            @Nullable String error,
            @Nullable Instant sentFrom,
            @Nullable Instant sentBefore,
            @Nullable Instant finishedFrom,
            @Nullable Instant finishedBefore) {}

    private JobFilter(Values values) {
        this.values = values;
    }

    /** Returns a filter for all jobs of all queues. */
    public static JobFilter any() {
        return ANY;
    }

    /** Returns a filter for all jobs of a queue. */
    public static JobFilter queue(String queue) {
        return new JobFilter(new Values(checked("queue", queue), null, Map.of(), null, null, null, null, null));
    }

    /** Returns one for those of this logical type only, in whatever version (see {@link JobType}); {@code order@2} is that one version. */
    public JobFilter type(String type) {
        Values v = values;
        return new JobFilter(new Values(
                v.queue,
                checked("type", type),
                v.attributes,
                v.error,
                v.sentFrom,
                v.sentBefore,
                v.finishedFrom,
                v.finishedBefore));
    }

    /** Returns one for those only that have this attribute, with exactly this value. */
    public JobFilter attribute(String name, String value) {
        Values v = values;
        Map<String, String> more = new TreeMap<>(v.attributes);
        more.put(checked("attribute name", name), checked("attribute value", value));
        return new JobFilter(new Values(
                v.queue,
                v.type,
                Collections.unmodifiableMap(more),
                v.error,
                v.sentFrom,
                v.sentBefore,
                v.finishedFrom,
                v.finishedBefore));
    }

    /**
     * Returns one for those only whose latest error has this text in the exception's class name or in its message, in just these
     * letters. A class name without its package will do.
     */
    public JobFilter error(String text) {
        Values v = values;
        return new JobFilter(new Values(
                v.queue,
                v.type,
                v.attributes,
                checked("error", text),
                v.sentFrom,
                v.sentBefore,
                v.finishedFrom,
                v.finishedBefore));
    }

    /** Returns one for those only that were sent then or later. */
    public JobFilter sentFrom(Instant time) {
        Values v = values;
        return new JobFilter(new Values(
                v.queue, v.type, v.attributes, v.error, time, v.sentBefore, v.finishedFrom, v.finishedBefore));
    }

    /** Returns one for those only that were sent before. */
    public JobFilter sentBefore(Instant time) {
        Values v = values;
        return new JobFilter(
                new Values(v.queue, v.type, v.attributes, v.error, v.sentFrom, time, v.finishedFrom, v.finishedBefore));
    }

    /** Returns one for those only that ended then or later, be it well or not; so for none that has not ended. */
    public JobFilter finishedFrom(Instant time) {
        Values v = values;
        return new JobFilter(
                new Values(v.queue, v.type, v.attributes, v.error, v.sentFrom, v.sentBefore, time, v.finishedBefore));
    }

    /** Returns one for those only that ended before, be it well or not; so for none that has not ended. */
    public JobFilter finishedBefore(Instant time) {
        Values v = values;
        return new JobFilter(
                new Values(v.queue, v.type, v.attributes, v.error, v.sentFrom, v.sentBefore, v.finishedFrom, time));
    }

    private static String checked(String what, String text) {
        if (!StorableText.isStorable(text)) {
            throw new IllegalArgumentException("a filter's " + what
                    + " must not hold a NUL character or half a surrogate pair, but is '" + LogText.line(text) + "'");
        }
        return text;
    }

    /** Returns the name of the queue, {@code null} for all. */
    public @Nullable String queue() {
        return values.queue;
    }

    /** Returns the logical type, {@code null} for any. */
    public @Nullable String type() {
        return values.type;
    }

    /** Returns the attributes by their names, empty for any. */
    public Map<String, String> attributes() {
        return values.attributes;
    }

    /** Returns what the latest error says, {@code null} for anything. */
    public @Nullable String error() {
        return values.error;
    }

    /** Returns the earliest time of sending, {@code null} for any. */
    public @Nullable Instant sentFrom() {
        return values.sentFrom;
    }

    /** Returns before when they were sent, {@code null} for any time. */
    public @Nullable Instant sentBefore() {
        return values.sentBefore;
    }

    /** Returns the earliest end, {@code null} for any. */
    public @Nullable Instant finishedFrom() {
        return values.finishedFrom;
    }

    /** Returns before when they ended, {@code null} for any time. */
    public @Nullable Instant finishedBefore() {
        return values.finishedBefore;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JobFilter filter && filter.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(values.queue == null ? "any queue" : "queue '" + values.queue + "'");
        append(text, "type", values.type);
        append(text, "attributes", values.attributes.isEmpty() ? null : values.attributes);
        append(text, "error", values.error);
        append(text, "sent from", values.sentFrom);
        append(text, "sent before", values.sentBefore);
        append(text, "finished from", values.finishedFrom);
        append(text, "finished before", values.finishedBefore);
        return text.toString();
    }

    private static void append(StringBuilder text, String name, @Nullable Object value) {
        if (value != null) {
            text.append(", ").append(name).append(' ').append(value instanceof String ? "'" + value + "'" : value);
        }
    }
}
