package io.pgjobq.internal.worker;

/**
 * How many jobs to hold beyond those that run: as many as will be started within the time that fetching more takes, or 20
 * milliseconds if that is longer. Nothing for a handler that is slower, and nothing before it is known how fast it is.
 * Not thread-safe.
 */
final class PrefetchSizer {

    /** However many places are free, no more than these are taken for them at once. */
    private static final int MOST_IN_PLACES = 10_000;

    private static final double WINDOW_NANOS = 20_000_000;

    /** The weight of the newest measurement. */
    private static final double WEIGHT = 0.1;

    private final int most;
    private final int batch;
    private final int few;

    /** How many jobs to take for a place. */
    private int aPlace;

    private double handlerNanos = Double.POSITIVE_INFINITY;
    private double claimNanos;

    /**
     * @param most never more than these
     * @param batch how many jobs run together at most
     * @param few how many to take for a place where batches seem not to come about, so that they would if they could
     */
    PrefetchSizer(int most, int batch, int few) {
        this.most = most;
        this.batch = batch;
        this.few = few;
        this.aPlace = batch;
    }

    /** A job, or a batch, ran for so long. */
    void ran(long nanos) {
        handlerNanos = Double.isInfinite(handlerNanos) ? nanos : handlerNanos + WEIGHT * (nanos - handlerNanos);
    }

    /** Jobs were fetched in so long. */
    void claimed(long nanos) {
        claimNanos += WEIGHT * (nanos - claimNanos);
    }

    /**
     * Held jobs were not started in time: the handler is slower than thought, or they run one by one where batches were
     * expected.
     */
    void tooMuch(boolean oneByOne) {
        handlerNanos = Double.POSITIVE_INFINITY;
        if (oneByOne) {
            aPlace = Math.min(batch, few);
        }
    }

    /** So many jobs were started together. */
    void started(int jobs) {
        if (jobs > 1) {
            aPlace = Math.min(batch, 2 * aPlace);
        }
    }

    /**
     * Returns how many jobs to take for so many free places: a full batch each, and only a few at first if there was too much,
     * since jobs that run one by one came instead.
     */
    int places(int free) {
        return (int) Math.min(Math.max(MOST_IN_PLACES, free), (long) free * aPlace);
    }

    int prefetch(int concurrency) {
        double window = Math.max(WINDOW_NANOS, 4 * claimNanos);
        if (handlerNanos > window) {
            return 0;
        }
        return (int) Math.min(most, concurrency * aPlace * window / Math.max(1, handlerNanos));
    }
}
