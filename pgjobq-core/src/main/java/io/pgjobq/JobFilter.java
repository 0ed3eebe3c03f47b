package io.pgjobq;

import io.pgjobq.internal.support.LogText;
import io.pgjobq.internal.support.StorableText;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs of a queue are meant. Immutable: each method returns a new filter. Text that no job can have, with a NUL character or
 * half a surrogate pair, is refused with {@link IllegalArgumentException}.
 */
public final class JobFilter {

    private final String queue;
    private final @Nullable String type;
    private final Map<String, String> attributes;

    private JobFilter(String queue, @Nullable String type, Map<String, String> attributes) {
        this.queue = queue;
        this.type = type;
        this.attributes = Map.copyOf(attributes);
    }

    /** Returns a filter for all jobs of a queue. */
    public static JobFilter queue(String queue) {
        return new JobFilter(checked("queue", queue), null, Map.of());
    }

    /** Returns one for those of this logical type only (see {@link JobType}). */
    public JobFilter type(String newType) {
        return new JobFilter(queue, checked("type", newType), attributes);
    }

    /** Returns one for those only that have this attribute, with exactly this value. */
    public JobFilter attribute(String name, String value) {
        Map<String, String> more = new HashMap<>(attributes);
        more.put(checked("attribute name", name), checked("attribute value", value));
        return new JobFilter(queue, type, more);
    }

    private static String checked(String what, String text) {
        if (!StorableText.isStorable(text)) {
            throw new IllegalArgumentException("a filter's " + what
                    + " must not hold a NUL character or half a surrogate pair, but is '" + LogText.line(text) + "'");
        }
        return text;
    }

    /** Returns the name of the queue. */
    public String queue() {
        return queue;
    }

    /** Returns the logical type, {@code null} for any. */
    public @Nullable String type() {
        return type;
    }

    /** Returns the attributes, empty for any. */
    public Map<String, String> attributes() {
        return attributes;
    }

    @Override
    public String toString() {
        return "queue '" + queue + "'" + (type == null ? "" : ", type '" + type + "'")
                + (attributes.isEmpty() ? "" : ", attributes " + attributes);
    }
}
