package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.Registration;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Compares what this node holds with what the tables say. Used by one thread. */
final class OwnClaims implements Step {

    private static final Duration EVERY = Duration.ofSeconds(30);

    /** How many times in a row a node that took nothing need not look. */
    private static final int SKIPPED_AT_MOST = 9;

    private final Supplier<@Nullable Registration> self;
    private final Workers workers;
    private final Runnable sweep;
    private int skipped = SKIPPED_AT_MOST;

    /**
     * @param self returns who this node is, {@code null} while it is not on the list
     * @param workers know what it holds
     * @param sweep asks for a look at what is free
     */
    OwnClaims(Supplier<@Nullable Registration> self, Workers workers, Runnable sweep) {
        this.self = self;
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
            compare();
        } else {
            skipped++;
        }
        return EVERY;
    }

    private void compare() {
        Registration registration = self.get();
        if (registration != null && workers.auditClaims(registration)) {
            sweep.run();
        }
    }
}
