package io.pgjobq.internal.engine;

import io.pgjobq.internal.schema.SchemaName;
import java.time.Duration;

/**
 * What concerns a node as a whole.
 *
 * @param schema the schema of pgjobq's tables: lower-case letters, digits and {@code _}, at most 48, and no reserved word
 * @param nodeName how messages and tables name this node; not unique
 * @param nodeTimeout within what time the jobs of a node that falls silent run elsewhere, from 2 seconds to 1 hour
 * @param pollInterval how often an idle node looks for jobs that no wake-up told it of, from 10 milliseconds to 1 hour
 * @param completionTimeout how long a job is waited for where the caller does not say
 * @param databaseRequired whether starting fails if the database can't be reached; otherwise it is awaited in the
 *     background
 * @param virtualThreads whether jobs run on virtual threads (Java 21 or later)
 */
public record EngineOptions(
        String schema,
        String nodeName,
        Duration nodeTimeout,
        Duration pollInterval,
        Duration completionTimeout,
        boolean databaseRequired,
        boolean virtualThreads) {

    /** Schema {@code pgjobq}, 15 seconds' silence, a poll every 5 seconds, waiting for an hour. */
    public static final EngineOptions DEFAULT = new EngineOptions(
            "pgjobq", "node", Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofHours(1), true, false);

    public EngineOptions {
        SchemaName.valid(schema);
        range("node.timeout", nodeTimeout, Duration.ofSeconds(2), Duration.ofHours(1));
        range("poll-interval", pollInterval, Duration.ofMillis(10), Duration.ofHours(1));
        range("completion.timeout", completionTimeout, Duration.ofMillis(1), Duration.ofDays(365));
    }

    private static void range(String name, Duration value, Duration least, Duration most) {
        check(
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                name + " must be from " + least + " to " + most + ", but is " + value);
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
