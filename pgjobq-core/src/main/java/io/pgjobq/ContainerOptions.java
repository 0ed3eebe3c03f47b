package io.pgjobq;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a queue's jobs are run on this node. Immutable. */
public final class ContainerOptions {

    /** 10 jobs at once, no time limit, the back-off of {@link BackOff#DEFAULT}, 25 seconds to stop, started with the application. */
    public static final ContainerOptions DEFAULT = builder().build();

    private final Values values;

    private record Values(
            int concurrency,
            int maxPrefetch,
            int leastUrgentEvery,
            Duration timeLimit,
            BackOff retry,
            Duration shutdownTimeout,
            boolean autoStartup) {}

    private ContainerOptions(Values values) {
        this.values = values;
    }

    /** Starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts with these options. */
    public Builder toBuilder() {
        return builder()
                .concurrency(concurrency())
                .maxPrefetch(maxPrefetch())
                .leastUrgentEvery(leastUrgentEvery())
                .timeLimit(timeLimit())
                .retry(retry())
                .shutdownTimeout(shutdownTimeout())
                .autoStartup(autoStartup());
    }

    /** Returns how many jobs of the queue may run at once on this node. */
    public int concurrency() {
        return values.concurrency;
    }

    /** Returns how many jobs this node takes at most beyond those that run. */
    public int maxPrefetch() {
        return values.maxPrefetch;
    }

    /** Returns at every which of the times at which this node takes jobs it begins with the least urgent, 0 for never. */
    public int leastUrgentEvery() {
        return values.leastUrgentEvery;
    }

    /** Returns how long an attempt may run, 0 for any time. */
    public Duration timeLimit() {
        return values.timeLimit;
    }

    /** Returns how long a failed job waits. */
    public BackOff retry() {
        return values.retry;
    }

    /** Returns how long stopping waits for running jobs before it interrupts them. */
    public Duration shutdownTimeout() {
        return values.shutdownTimeout;
    }

    /** Returns whether the container starts with the application. */
    public boolean autoStartup() {
        return values.autoStartup;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ContainerOptions options && options.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "ContainerOptions" + values.toString().substring("Values".length());
    }

    /** Builds options. Used by one thread. */
    public static final class Builder {

        private int concurrency = 10;
        private int maxPrefetch = 500;
        private int leastUrgentEvery = 0;
        private Duration timeLimit = Duration.ZERO;
        private BackOff retry = BackOff.DEFAULT;
        private Duration shutdownTimeout = Duration.ofSeconds(25);
        private boolean autoStartup = true;

        private Builder() {}

        /**
         * Sets how many jobs of the queue may run at once on this node, where a batch counts as one. Default: 10.
         *
         * @param newConcurrency from 1 to 10,000
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder concurrency(int newConcurrency) {
            this.concurrency = InvalidOptionException.range("concurrency", newConcurrency, 1, 10_000);
            return this;
        }

        /**
         * Sets how many jobs this node takes at most beyond those that run, so that a fast handler need not wait for its next
         * one. It takes fewer, or none, where the handler is slower. For a free place it takes a batch, where there are any, which is
         * not counted. Default: 500.
         *
         * @param newMaxPrefetch from 0 to 10,000
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder maxPrefetch(int newMaxPrefetch) {
            this.maxPrefetch = InvalidOptionException.range("max-prefetch", newMaxPrefetch, 0, 10_000);
            return this;
        }

        /**
         * Lets the least urgent jobs of the queue move while more urgent ones keep coming: at every so many of the times at which this node
         * takes jobs, it begins with the least urgent priority. So jobs start in the order of their priorities but for that share. Default:
         * 0, for never.
         *
         * @param newLeastUrgentEvery 0, or from 2 to 1,000
         * @throws InvalidOptionException if it is neither
         */
        public Builder leastUrgentEvery(int newLeastUrgentEvery) {
            InvalidOptionException.check(
                    newLeastUrgentEvery == 0 || newLeastUrgentEvery >= 2 && newLeastUrgentEvery <= 1_000,
                    "least-urgent-every",
                    newLeastUrgentEvery,
                    "must be 0, or from 2 to 1000");
            this.leastUrgentEvery = newLeastUrgentEvery;
            return this;
        }

        /**
         * Sets how long an attempt may run. Then its thread is interrupted, and it fails with a {@link TimeLimitExceededException}.
         * A handler that does not end within 5 seconds after that keeps its place, while its job may be tried again. Default: 0,
         * for any time.
         *
         * @param newTimeLimit from 0 to 30 days
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder timeLimit(Duration newTimeLimit) {
            InvalidOptionException.check(
                    !newTimeLimit.isNegative() && newTimeLimit.compareTo(Duration.ofDays(30)) <= 0,
                    "time-limit",
                    newTimeLimit,
                    "must be from 0 to 30 days");
            this.timeLimit = newTimeLimit;
            return this;
        }

        /** Sets how long a failed job waits. Default: {@link BackOff#DEFAULT}. */
        public Builder retry(BackOff newRetry) {
            this.retry = newRetry;
            return this;
        }

        /**
         * Sets how long stopping waits for running jobs before it interrupts them. Default: 25 seconds.
         *
         * @param newShutdownTimeout from 0 to 1 day
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder shutdownTimeout(Duration newShutdownTimeout) {
            InvalidOptionException.check(
                    !newShutdownTimeout.isNegative() && newShutdownTimeout.compareTo(Duration.ofDays(1)) <= 0,
                    "shutdown-timeout",
                    newShutdownTimeout,
                    "must be from 0 to 1 day");
            this.shutdownTimeout = newShutdownTimeout;
            return this;
        }

        /** Sets whether the container starts with the application; without Boot nobody asks. Default: it does. */
        public Builder autoStartup(boolean newAutoStartup) {
            this.autoStartup = newAutoStartup;
            return this;
        }

        /** Builds the options. */
        public ContainerOptions build() {
            return new ContainerOptions(new Values(
                    concurrency, maxPrefetch, leastUrgentEvery, timeLimit, retry, shutdownTimeout, autoStartup));
        }
    }
}
