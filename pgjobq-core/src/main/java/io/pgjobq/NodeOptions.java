package io.pgjobq;

import io.pgjobq.internal.support.SchemaName;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What concerns a node as a whole. Immutable. */
public final class NodeOptions {

    /** Schema {@code pgjobq}, 15 seconds' silence, a poll every 5 seconds, waiting for an hour. */
    public static final NodeOptions DEFAULT = builder().build();

    private final Values values;

    private record Values(
            String schema,
            String name,
            Duration timeout,
            Duration pollInterval,
            Duration completionTimeout,
            boolean databaseRequired,
            boolean virtualThreads) {}

    private NodeOptions(Values values) {
        this.values = values;
    }

    /** Starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts with these options. */
    public Builder toBuilder() {
        return builder()
                .schema(schema())
                .name(name())
                .timeout(timeout())
                .pollInterval(pollInterval())
                .completionTimeout(completionTimeout())
                .databaseRequired(databaseRequired())
                .virtualThreads(virtualThreads());
    }

    /** Returns the schema of pgjobq's tables. */
    public String schema() {
        return values.schema;
    }

    /** Returns how messages and tables name this node. */
    public String name() {
        return values.name;
    }

    /** Returns within what time the jobs of a node that falls silent run elsewhere. */
    public Duration timeout() {
        return values.timeout;
    }

    /** Returns how often an idle node looks for jobs that no notification told it of. */
    public Duration pollInterval() {
        return values.pollInterval;
    }

    /** Returns how long a job is waited for where the caller does not say. */
    public Duration completionTimeout() {
        return values.completionTimeout;
    }

    /** Returns whether starting fails if the database can't be reached. */
    public boolean databaseRequired() {
        return values.databaseRequired;
    }

    /** Returns whether jobs run on virtual threads. */
    public boolean virtualThreads() {
        return values.virtualThreads;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NodeOptions options && options.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "NodeOptions" + values.toString().substring("Values".length());
    }

    /** Builds options. Used by one thread. */
    public static final class Builder {

        private String schema = "pgjobq";
        private String name = "node";
        private Duration timeout = Duration.ofSeconds(15);
        private Duration pollInterval = Duration.ofSeconds(5);
        private Duration completionTimeout = Duration.ofHours(1);
        private boolean databaseRequired = true;
        private boolean virtualThreads;

        private Builder() {}

        /**
         * Sets the schema of pgjobq's tables. Default: {@code pgjobq}.
         *
         * @param newSchema lower-case letters, digits and {@code _}, at most 48, and no reserved word
         * @throws InvalidOptionException if it is not
         */
        public Builder schema(String newSchema) {
            String broken = SchemaName.brokenRule(newSchema);
            if (broken != null) {
                throw new InvalidOptionException("schema", newSchema, broken);
            }
            this.schema = newSchema;
            return this;
        }

        /** Sets how messages and tables name this node; it need not be unique. Default: {@code node}. */
        public Builder name(String newName) {
            this.name = newName;
            return this;
        }

        /**
         * Sets within what time the jobs of a node that falls silent run elsewhere. Default: 15 seconds.
         *
         * @param newTimeout from 2 seconds to 1 hour
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder timeout(Duration newTimeout) {
            this.timeout = range("node.timeout", newTimeout, Duration.ofSeconds(2), Duration.ofHours(1));
            return this;
        }

        /**
         * Sets how often an idle node looks for jobs that no notification told it of. Default: 5 seconds.
         *
         * @param newPollInterval from 10 milliseconds to 1 hour
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder pollInterval(Duration newPollInterval) {
            this.pollInterval = range("poll-interval", newPollInterval, Duration.ofMillis(10), Duration.ofHours(1));
            return this;
        }

        /**
         * Sets how long a job is waited for where the caller does not say. Default: 1 hour.
         *
         * @param newCompletionTimeout from 1 millisecond to 365 days
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder completionTimeout(Duration newCompletionTimeout) {
            this.completionTimeout =
                    range("completion.timeout", newCompletionTimeout, Duration.ofMillis(1), Duration.ofDays(365));
            return this;
        }

        /**
         * Sets whether starting fails if the database can't be reached; otherwise it is awaited in the background. Default:
         * it fails.
         */
        public Builder databaseRequired(boolean newDatabaseRequired) {
            this.databaseRequired = newDatabaseRequired;
            return this;
        }

        /** Sets whether jobs run on virtual threads, for which Java 21 is needed. Default: they don't. */
        public Builder virtualThreads(boolean newVirtualThreads) {
            this.virtualThreads = newVirtualThreads;
            return this;
        }

        /** Builds the options. */
        public NodeOptions build() {
            return new NodeOptions(new Values(
                    schema, name, timeout, pollInterval, completionTimeout, databaseRequired, virtualThreads));
        }

        private static Duration range(String option, Duration value, Duration least, Duration most) {
            InvalidOptionException.check(
                    value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                    option,
                    value,
                    "must be from " + least + " to " + most);
            return value;
        }
    }
}
