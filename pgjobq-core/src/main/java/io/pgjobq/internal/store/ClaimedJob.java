package io.pgjobq.internal.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that a node has taken.
 *
 * @param id the job's id
 * @param seq its place in the lane
 * @param claim the claim that holds it: the fencing token
 * @param queue the queue's number
 * @param priority its priority
 * @param quarantined whether it was taken from the quarantine lane
 * @param attempt how many attempts were charged before
 * @param type the logical type, empty if none
 * @param payload the payload as stored, {@code null} if it is too large to be read before the job starts
 * @param attributes the attributes as JSON, {@code null} if none
 * @param sentAt when it was sent
 * @param readyAt since when it has its place in the line
 * @param turn with which others it takes turns, {@code null} if it has no key
 */
public record ClaimedJob(
        long id,
        long seq,
        long claim,
        int queue,
        int priority,
        boolean quarantined,
        int attempt,
        String type,
        byte @Nullable [] payload,
        @Nullable String attributes,
        Instant sentAt,
        Instant readyAt,
        @Nullable KeyTurn turn) {

    /** A job without a key. */
    public ClaimedJob(
            long id,
            long seq,
            long claim,
            int queue,
            int priority,
            boolean quarantined,
            int attempt,
            String type,
            byte @Nullable [] payload,
            @Nullable String attributes,
            Instant sentAt,
            Instant readyAt) {
        this(id, seq, claim, queue, priority, quarantined, attempt, type, payload, attributes, sentAt, readyAt, null);
    }

    /** Returns the same job, with others with which it takes turns. */
    ClaimedJob with(KeyTurn newTurn) {
        return new ClaimedJob(
                id,
                seq,
                claim,
                queue,
                priority,
                quarantined,
                attempt,
                type,
                payload,
                attributes,
                sentAt,
                readyAt,
                newTurn);
    }

    /** Returns the lane from which it is taken. */
    public int lane() {
        return quarantined ? LanePosition.QUARANTINE : priority;
    }
}
