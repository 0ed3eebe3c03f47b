package io.pgjobq;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is allowed of a queue's jobs in the whole fleet, however many nodes there are. All of them are exact: jobs are taken one claim
 * after the other, and each sees what those before it have taken. Immutable.
 */
public final class QueueLimits {

    /** No limits. */
    public static final QueueLimits NONE = builder().build();

    private final Values values;

    private record Values(
            @Nullable Integer concurrency,
            @Nullable Rate rate,
            @Nullable Integer burst,
            @Nullable Integer concurrencyPerKey,
            @Nullable KeyOrder orderPerKey) {}

    private QueueLimits(Values values) {
        this.values = values;
    }

    /** Starts with no limits. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts with these limits. */
    public Builder toBuilder() {
        return builder()
                .concurrency(concurrency())
                .rate(rate())
                .burst(burst())
                .concurrencyPerKey(concurrencyPerKey())
                .orderPerKey(orderPerKey());
    }

    /** Returns how many of the queue's jobs may run at once, on all nodes together; {@code null} for as many as the nodes run. */
    public @Nullable Integer concurrency() {
        return values.concurrency;
    }

    /** Returns how many of the queue's jobs may start in how much time, {@code null} for any number. */
    public @Nullable Rate rate() {
        return values.rate;
    }

    /** Returns how many of those may start at once, {@code null} for all of them. */
    public @Nullable Integer burst() {
        return values.burst;
    }

    /** Returns how many jobs with one key may run at once, on all nodes together; {@code null} for as many as the nodes run. */
    public @Nullable Integer concurrencyPerKey() {
        return values.concurrencyPerKey;
    }

    /** Returns in which order jobs with one key run, one at a time; {@code null} if in none. */
    public @Nullable KeyOrder orderPerKey() {
        return values.orderPerKey;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QueueLimits limits && limits.values.equals(values);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(values);
    }

    /** Returns the limits for people, {@code none} if there are none. */
    @Override
    public String toString() {
        String text = (concurrency() == null ? "" : "concurrency " + concurrency() + ", ")
                + (rate() == null ? "" : "rate " + rate() + ", ")
                + (burst() == null ? "" : "burst " + burst() + ", ")
                + (concurrencyPerKey() == null ? "" : "concurrency per key " + concurrencyPerKey() + ", ")
                + (orderPerKey() == null
                        ? ""
                        : "order per key " + orderPerKey().name().toLowerCase(Locale.ROOT) + ", ");
        return text.isEmpty() ? "none" : text.substring(0, text.length() - 2);
    }

    /** Builds limits. Used by one thread. */
    public static final class Builder {

        private @Nullable Integer concurrency;
        private @Nullable Rate rate;
        private @Nullable Integer burst;
        private @Nullable Integer concurrencyPerKey;
        private @Nullable KeyOrder orderPerKey;

        private Builder() {}

        /**
         * Sets how many of the queue's jobs may run at once, on all nodes together. A job runs, for this limit, from when a node has
         * taken it until its end is committed; one whose node has died until it is rescued. Default: {@code null}, no limit.
         *
         * @param newConcurrency from 1 to 1,000,000, or {@code null}
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder concurrency(@Nullable Integer newConcurrency) {
            this.concurrency = newConcurrency == null
                    ? null
                    : InvalidOptionException.range("limits.concurrency", newConcurrency, 1, 1_000_000);
            return this;
        }

        /**
         * Sets how many of the queue's jobs may start in how much time, on all nodes together. Attempts count, be they the first or
         * not, when a node takes the job, by the server's clock. Default: {@code null}, no limit.
         */
        public Builder rate(@Nullable Rate newRate) {
            this.rate = newRate;
            return this;
        }

        /**
         * Sets how many of the jobs that the rate allows may start at once; after that they start at its pace, evenly. Default:
         * {@code null}, all of them.
         *
         * @param newBurst from 1 to the rate's number, or {@code null}
         */
        public Builder burst(@Nullable Integer newBurst) {
            this.burst = newBurst;
            return this;
        }

        /**
         * Sets how many jobs with one key may run at once, on all nodes together, counted as {@link #concurrency} is. Default: {@code null}, no
         * limit.
         *
         * @param newConcurrency from 1 to 1,000,000, or {@code null}
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder concurrencyPerKey(@Nullable Integer newConcurrency) {
            this.concurrencyPerKey = newConcurrency == null
                    ? null
                    : InvalidOptionException.range("limits.concurrency-per-key", newConcurrency, 1, 1_000_000);
            return this;
        }

        /**
         * Lets jobs with one key run one at a time, on whatever nodes, in the order in which they were sent, as far as commits show it. Default:
         * {@code null}, in no order.
         */
        public Builder orderPerKey(@Nullable KeyOrder newOrder) {
            this.orderPerKey = newOrder;
            return this;
        }

        /**
         * Builds the limits.
         *
         * @throws InvalidOptionException if there is a burst without a rate, or a larger one than that allows; or if more than one job
         *     with a key may run at once although they have an order
         */
        public QueueLimits build() {
            if (burst != null) {
                InvalidOptionException.check(rate != null, "limits.burst", burst, "must come with limits.rate");
                InvalidOptionException.range(
                        "limits.burst", burst, 1, Objects.requireNonNull(rate).count());
            }
            if (orderPerKey != null && concurrencyPerKey != null) {
                InvalidOptionException.check(
                        concurrencyPerKey == 1,
                        "limits.concurrency-per-key",
                        concurrencyPerKey,
                        "must be 1 where order-per-key is set, as such jobs run one at a time");
            }
            return new QueueLimits(new Values(concurrency, rate, burst, concurrencyPerKey, orderPerKey));
        }
    }
}
