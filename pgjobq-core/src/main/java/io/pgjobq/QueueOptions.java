package io.pgjobq;

import org.jspecify.annotations.Nullable;

/**
 * What holds for a queue's jobs wherever they run. It is stored with the queue: where nodes say different things, the last one
 * to start decides. Immutable.
 */
public final class QueueOptions {

    /** 10 attempts; the history of {@link HistoryRetention#DEFAULT}; no limits. */
    public static final QueueOptions DEFAULT = builder().build();

    private final Values values;

    private record Values(int maxAttempts, HistoryRetention history, QueueLimits limits) {}

    private QueueOptions(Values values) {
        this.values = values;
    }

    /** Starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts with these options. */
    public Builder toBuilder() {
        return builder().maxAttempts(maxAttempts()).history(history()).limits(limits());
    }

    /** Returns how many attempts a job has in all. */
    public int maxAttempts() {
        return values.maxAttempts;
    }

    /** Returns how long finished jobs are kept. */
    public HistoryRetention history() {
        return values.history;
    }

    /** Returns what is allowed of the queue's jobs in the whole fleet. */
    public QueueLimits limits() {
        return values.limits;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QueueOptions options && options.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "QueueOptions" + values.toString().substring("Values".length());
    }

    /** Builds options. Used by one thread. */
    public static final class Builder {

        private int maxAttempts = 10;
        private HistoryRetention history = HistoryRetention.DEFAULT;
        private QueueLimits limits = QueueLimits.NONE;

        private Builder() {}

        /**
         * Sets how many attempts a job has in all. Default: 10.
         *
         * @param newMaxAttempts from 1 to 100
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder maxAttempts(int newMaxAttempts) {
            this.maxAttempts = InvalidOptionException.range("max-attempts", newMaxAttempts, 1, 100);
            return this;
        }

        /** Sets how long finished jobs are kept. Default: {@link HistoryRetention#DEFAULT}. */
        public Builder history(HistoryRetention newHistory) {
            this.history = newHistory;
            return this;
        }

        /**
         * Sets what is allowed of the queue's jobs in the whole fleet. What {@link JobQueues#limit} has set since stays, until an
         * application starts that says something else here than the last one did. Default: {@link QueueLimits#NONE}.
         */
        public Builder limits(QueueLimits newLimits) {
            this.limits = newLimits;
            return this;
        }

        /** Builds the options. */
        public QueueOptions build() {
            return new QueueOptions(new Values(maxAttempts, history, limits));
        }
    }
}
