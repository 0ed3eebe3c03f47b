package io.pgjobq.internal.maintenance;

import java.time.Duration;

/** One of the things that a node does again and again. A call is bounded in what it does; the next goes on where it stopped. */
@FunctionalInterface
interface Step {

    /** As long as nobody asks for it. */
    Duration SELDOM = Duration.ofDays(1);

    /**
     * Does it once.
     *
     * @param asked whether somebody asked for it, rather than that its time has come
     * @return in how long to do it again, zero if something is left to be done
     */
    Duration run(boolean asked);
}
