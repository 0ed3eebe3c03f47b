package io.pgjobq.internal.maintenance;

/**
 * Decides whether a poll has to look at the tables. Where notifications arrive and no sequence number has been drawn since
 * the last look, there is nothing that could have been missed but a transaction that was open all the time, and that one
 * announces itself; so most polls of an idle node are one tiny statement. Used by one thread.
 */
final class PollThrottle {

    private static final int SKIP_AT_MOST = 5;

    private long position = Long.MIN_VALUE;
    private long previous = Long.MIN_VALUE;
    private int skipped;

    /**
     * Returns whether to look.
     *
     * @param now how far sequence numbers have been drawn
     * @param always whether to look in any case
     */
    boolean shouldLook(long now, boolean always) {
        boolean quiet = now == position && now == previous;
        previous = position;
        position = now;
        if (always || !quiet || skipped >= SKIP_AT_MOST) {
            skipped = 0;
            return true;
        }
        skipped++;
        return false;
    }

    /** Returns how far sequence numbers had been drawn at the poll before the last. */
    long drawnBeforeLastPoll() {
        return previous == Long.MIN_VALUE ? 0 : previous;
    }
}
