package io.pgjobq;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A job that failed for good.
 *
 * @param id the job's id
 * @param queue the name of its queue
 * @param type its logical type as it is stored, {@code order@2} for version 2 of {@code order}; empty if none
 * @param payload its payload as stored
 * @param attributes its attributes, empty if none
 * @param sentAt when it was sent
 * @param diedAt when its last attempt failed
 * @param errors every attempt's error, the first attempt's first
 */
public record DeadJob(
        long id,
        String queue,
        String type,
        byte[] payload,
        Map<String, String> attributes,
        Instant sentAt,
        Instant diedAt,
        List<JobError> errors) {

    /** Returns the error that ended the job; an empty one if another program stored the job without. */
    public JobError lastError() {
        return errors.isEmpty() ? new JobError(0, diedAt, "", "", "") : errors.get(errors.size() - 1);
    }
}
