package io.pgjobq.internal.send;

import io.pgjobq.Unique;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The keys of jobs that are sent together.
 *
 * @param how how long they are taken, and what happens if they are
 * @param keys in the order of the jobs
 */
record Keys(Unique how, List<String> keys) {

    static Keys of(String queue, Collection<?> payloads, Function<Object, Unique> unique) {
        Unique first = null;
        List<String> keys = new ArrayList<>(payloads.size());
        for (Object payload : payloads) {
            Unique next = Objects.requireNonNull(unique.apply(payload), "a unique job needs a key");
            if (first != null && !isAlike(first, next)) {
                throw new IllegalArgumentException("queue '" + queue
                        + "': the keys of jobs that are sent together must be taken alike, but one is " + next
                        + " and one is " + first);
            }
            first = first == null ? next : first;
            keys.add(next.key());
        }
        return new Keys(Objects.requireNonNull(first), keys);
    }

    private static boolean isAlike(Unique one, @Nullable Unique other) {
        return other != null
                && one.until() == other.until()
                && one.onConflict() == other.onConflict()
                && Objects.equals(one.period(), other.period());
    }
}
