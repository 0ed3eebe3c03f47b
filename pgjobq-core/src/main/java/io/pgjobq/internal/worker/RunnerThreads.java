package io.pgjobq.internal.worker;

import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.LogText;
import org.slf4j.Logger;

/** Starts the threads that run jobs, and says once that none is to be had. Not thread-safe. */
final class RunnerThreads {

    private static final Logger LOG = Log.of(RunnerThreads.class);

    private final String queue;
    private final Runnable start;

    /** No thread was to be had the last time. */
    private boolean refused;

    RunnerThreads(String queue, Runnable start) {
        this.queue = queue;
        this.start = start;
    }

    /** Returns whether there is one more: otherwise those that run go on with what is held, or it is given back. */
    boolean start() {
        try {
            start.run();
        } catch (RuntimeException | Error ex) {
            if (!refused) {
                refused = true;
                LOG.warn("queue '{}': no thread can be started for a job: {}", queue, LogText.of(ex));
            }
            return false;
        }
        if (refused) {
            refused = false;
            LOG.info("queue '{}': threads can be started for jobs again", queue);
        }
        return true;
    }
}
