package io.pgjobq.notify;

/**
 * The channels of a schema. Two, so that nodes that only send are not woken by every job.
 *
 * @param jobs where ready and waiting jobs are announced
 * @param done where the ends of jobs are announced that somebody waits for
 */
public record Channels(String jobs, String done) {

    /** Returns the channels of the schema. */
    public static Channels of(String schema) {
        return new Channels(schema + "_jobs", schema + "_done");
    }
}
