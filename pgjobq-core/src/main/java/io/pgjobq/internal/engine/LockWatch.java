package io.pgjobq.internal.engine;

import io.pgjobq.internal.store.LockStore.Held;
import io.pgjobq.internal.support.Log;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * Names the session that keeps a lock which is needed for milliseconds at a time: any role of the database can take it, and
 * everything that needs it stands still. Used by one thread.
 */
final class LockWatch {

    /** No transaction of a node's own takes that long, as it is given up before. */
    static final Duration LONG = Duration.ofMinutes(2);

    /** The server's table of locks is a costly one to read, and an idle node asks for little. */
    static final Duration EVERY = Duration.ofMinutes(2);

    private static final int RESCUE = 0;
    private static final int PROMOTION = -1;

    private static final Logger LOG = Log.of(LockWatch.class);

    private final Supplier<List<Held>> holders;
    private final LongSupplier nanoTime;
    private final Map<Held, Long> seenSince = new HashMap<>();
    private final Set<Held> reported = new HashSet<>();
    private long nextLook;

    LockWatch(Supplier<List<Held>> holders, LongSupplier nanoTime) {
        this.holders = holders;
        this.nanoTime = nanoTime;
        this.nextLook = nanoTime.getAsLong();
    }

    /** Warns of the locks that have been held too long, once, and says when they are free again; if a look is due. */
    void look() {
        long now = nanoTime.getAsLong();
        if (now - nextLook >= 0) {
            nextLook = now + EVERY.toNanos();
            compare(new HashSet<>(holders.get()), now);
        }
    }

    private void compare(Set<Held> held, long now) {
        seenSince.keySet().retainAll(held);
        for (Held each : held) {
            long since = seenSince.computeIfAbsent(each, first -> now);
            if (now - since >= LONG.toNanos() && reported.add(each)) {
                LOG.warn(
                        "{} stand still: session {} (role '{}', application_name '{}') has held their lock for more"
                                + " than {} minutes; end it with pg_terminate_backend({})",
                        needs(each),
                        each.pid(),
                        each.role(),
                        each.application(),
                        LONG.toMinutes(),
                        each.pid());
            }
        }
        for (Held each : Set.copyOf(reported)) {
            if (!held.contains(each)) {
                reported.remove(each);
                LOG.info("{} go on: session {} holds their lock no more", needs(each), each.pid());
            }
        }
    }

    private static String needs(Held held) {
        if (held.object() == PROMOTION) {
            return "delayed jobs and retries";
        }
        if (held.object() < PROMOTION) {
            return "the partitions of history";
        }
        if (held.object() == RESCUE) {
            return "jobs of dead nodes";
        }
        String queue = held.queue() == null ? "number " + held.object() : "'" + held.queue() + "'";
        return (held.sends() ? "direct starts of queue " : "claims of queue ") + queue;
    }
}
