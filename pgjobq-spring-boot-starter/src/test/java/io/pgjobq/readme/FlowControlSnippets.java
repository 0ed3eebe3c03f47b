package io.pgjobq.readme;

import io.pgjobq.JobQueues;
import io.pgjobq.JobSender;
import io.pgjobq.QueueLimits;
import io.pgjobq.SentJob;

/** The code of docs/flow-control.md. */
final class FlowControlSnippets {

    private FlowControlSnippets() {}

    static SentJob<?> inOrder(JobSender jobs, String tenant, Object export) {
        return jobs.to("exports").key(tenant).send(export);
    }

    static QueueLimits whileItRuns(JobQueues queues) {
        queues.limit("exports", QueueLimits.builder().concurrency(2).build());
        return queues.describe("exports").limits();
    }
}
