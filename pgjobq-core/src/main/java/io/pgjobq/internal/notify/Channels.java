package io.pgjobq.internal.notify;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The channels of a schema. Two, so that nodes that only send are not woken by every job.
 *
 * @param jobs where ready and waiting jobs are announced
 * @param done where the ends of jobs are announced that somebody waits for
 * @param testPrefix how the channels begin on which listeners test whether they hear anything
 */
public record Channels(String jobs, String done, String testPrefix) {

    private static final int BASE = 36;

    /** Returns the channels of the schema. */
    public static Channels of(String schema) {
        return new Channels(schema + "_jobs", schema + "_done", schema + "_");
    }

    /** Returns a channel that nobody else uses: at most 62 bytes, and PostgreSQL takes 63. */
    String forOneTest() {
        return testPrefix + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), BASE);
    }
}
