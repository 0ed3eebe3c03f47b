package io.pgjobq.readme;

import io.pgjobq.JobQueues;
import io.pgjobq.QueueLimits;

/** The code of docs/flow-control.md. */
final class FlowControlSnippets {

    private FlowControlSnippets() {}

    static QueueLimits whileItRuns(JobQueues queues) {
        queues.limit("exports", QueueLimits.builder().concurrency(2).build());
        return queues.describe("exports").limits();
    }
}
