package io.pgjobq.node;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives back claims that are in this node's name without its knowing, since an answer was lost. Used by one thread. */
final class OwnClaims implements Step {

    private static final Duration EVERY = Duration.ofSeconds(30);

    /** How many times in a row a node that took nothing need not look. */
    private static final int SKIPPED_AT_MOST = 9;

    private static final Logger LOG = LoggerFactory.getLogger(OwnClaims.class);

    private final Supplier<List<Long>> stored;
    private final Maintenance.Workers workers;
    private final Runnable sweep;
    private int skipped = SKIPPED_AT_MOST;

    /**
     * Compares the claims that are stored with those that the workers know.
     *
     * @param sweep asks for a look at what is free
     */
    OwnClaims(Supplier<List<Long>> stored, Maintenance.Workers workers, Runnable sweep) {
        this.stored = stored;
        this.workers = workers;
        this.sweep = sweep;
    }

    /**
     * The claims of a node that took nothing since the last time are as they were then. One whose answer was lost may even be
     * made after that, so that it looks again the next time.
     */
    @Override
    public Duration run(boolean asked) {
        if (asked || workers.tookJobs() || skipped >= SKIPPED_AT_MOST) {
            skipped = asked ? SKIPPED_AT_MOST : 0;
            giveBack(workers.orphans(stored.get()));
        } else {
            skipped++;
        }
        return EVERY;
    }

    private void giveBack(long[] orphans) {
        if (orphans.length > 0) {
            LOG.info("gives back {} claims whose answers were lost", orphans.length);
            workers.release(orphans);
            sweep.run();
        }
    }
}
