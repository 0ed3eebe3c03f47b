package io.pgjobq.internal.send;

import io.pgjobq.internal.support.LogText;
import io.pgjobq.internal.support.StorableText;
import org.jspecify.annotations.Nullable;

/** Checks keys by which jobs take turns. */
final class TurnKey {

    private static final int LONGEST = 500;

    private TurnKey() {}

    /** Returns the key, or says what is wrong with it. */
    static String checked(String queue, @Nullable String key) {
        if (key == null || key.isEmpty() || key.length() > LONGEST) {
            throw new IllegalArgumentException("queue '" + queue + "': a key must have from 1 to " + LONGEST
                    + " characters, but has " + (key == null ? "none: it is null" : key.length()));
        }
        if (!StorableText.isStorable(key)) {
            throw new IllegalArgumentException("queue '" + queue
                    + "': a key must not hold a NUL character or half a surrogate pair, but is '" + LogText.line(key)
                    + "'");
        }
        return key;
    }
}
