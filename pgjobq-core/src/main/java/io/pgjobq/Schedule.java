package io.pgjobq;

import io.pgjobq.internal.support.StorableText;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

/**
 * Sends a job again and again, at the times of a cron expression or at a fixed rate. Immutable.
 *
 * <p>Cron expressions are Spring's, with six fields from the second to the day of the week. Across daylight saving they do what
 * Spring's {@link CronExpression} does: a time that a day does not have is left out, and one that it has twice is met twice.
 */
public final class Schedule {

    private static final int LONGEST_NAME = 200;

    private static final int MOST_CAUGHT_UP = 1_000;

    private final Values values;

    private record Values(
            String name,
            @Nullable String cron,
            ZoneId zone,
            @Nullable Duration every,
            String queue,
            String type,
            Payload payload,
            int priority,
            Map<String, String> attributes,
            Missed missed,
            int catchUp,
            Overlap overlap) {}

    /** Bytes that are equal by what they are. */
    private record Payload(byte[] bytes) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Payload payload && Arrays.equals(payload.bytes, bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return bytes.length + " bytes";
        }
    }

    private Schedule(Values values) {
        this.values = values;
    }

    /**
     * Starts with a name and the queue to which the jobs are sent.
     *
     * @param name 1 to 200 characters, one schedule each in the whole fleet
     */
    public static Builder of(String name, String queue) {
        return new Builder(name, queue);
    }

    /** Starts with this schedule. */
    public Builder toBuilder() {
        Builder builder = of(name(), queue())
                .type(type())
                .payload(payload())
                .priority(priority())
                .attributes(attributes())
                .missed(missed(), catchUp())
                .overlap(overlap());
        builder.cron = cron();
        builder.zone = zone();
        builder.every = every();
        return builder;
    }

    /** Returns the name. */
    public String name() {
        return values.name;
    }

    /** Returns the cron expression, {@code null} for a fixed rate. */
    public @Nullable String cron() {
        return values.cron;
    }

    /** Returns in which zone the expression is read. */
    public ZoneId zone() {
        return values.zone;
    }

    /** Returns the time between two jobs, {@code null} for a cron expression. */
    public @Nullable Duration every() {
        return values.every;
    }

    /** Returns the name of the queue. */
    public String queue() {
        return values.queue;
    }

    /** Returns the logical type of the jobs, empty for none. */
    public String type() {
        return values.type;
    }

    /** Returns the payload of each job, as it is stored. */
    public byte[] payload() {
        return values.payload.bytes.clone();
    }

    /** Returns the priority of the jobs. */
    public int priority() {
        return values.priority;
    }

    /** Returns the attributes of the jobs. */
    public Map<String, String> attributes() {
        return values.attributes;
    }

    /** Returns what becomes of times that were missed. */
    public Missed missed() {
        return values.missed;
    }

    /** Returns for how many of the times that were missed jobs are sent at most, if for all. */
    public int catchUp() {
        return values.catchUp;
    }

    /** Returns what happens as long as the last job has not ended. */
    public Overlap overlap() {
        return values.overlap;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Schedule schedule && schedule.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        String when = values.cron == null ? "every " + values.every : "cron " + values.cron + " " + values.zone;
        return "schedule '" + values.name + "' (" + when + ", queue '" + values.queue + "')";
    }

    /** Builds a schedule. Used by one thread. */
    public static final class Builder {

        private final String name;
        private final String queue;
        private @Nullable String cron;
        private ZoneId zone = ZoneId.of("UTC");
        private @Nullable Duration every;
        private String type = "";
        private byte[] payload = "null".getBytes(StandardCharsets.UTF_8);
        private int priority = JobSender.DEFAULT_PRIORITY;
        private Map<String, String> attributes = Map.of();
        private Missed missed = Missed.ONCE;
        private int catchUp = 1;
        private Overlap overlap = Overlap.ALLOW;

        private Builder(String name, String queue) {
            boolean valid = !name.isBlank() && name.length() <= LONGEST_NAME && StorableText.isStorable(name);
            InvalidOptionException.check(valid, "name", name, "must be 1 to 200 characters without a NUL");
            this.name = name;
            this.queue = queue;
        }

        /**
         * Lets jobs be sent at the times of an expression, in UTC.
         *
         * @throws InvalidOptionException if it can't be read
         */
        public Builder cron(String expression) {
            return cron(expression, "UTC");
        }

        /**
         * Lets jobs be sent at the times of an expression.
         *
         * @param zoneName a zone such as {@code Europe/Paris}
         * @throws InvalidOptionException if either can't be read
         */
        public Builder cron(String expression, String zoneName) {
            try {
                CronExpression.parse(expression);
            } catch (IllegalArgumentException ex) {
                throw new InvalidOptionException(
                        "cron", expression, "must be a cron expression of six fields, from second to day of the week");
            }
            try {
                this.zone = ZoneId.of(zoneName);
            } catch (DateTimeException ex) {
                throw new InvalidOptionException("zone", zoneName, "must be a time zone such as Europe/Paris");
            }
            this.cron = expression;
            this.every = null;
            return this;
        }

        /**
         * Lets jobs be sent at a fixed rate, at multiples of it since the beginning of 1970 in UTC: every 10 minutes means at the
         * full hour and ten minutes past it.
         *
         * @param rate from 1 second to 365 days, in milliseconds
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder every(Duration rate) {
            boolean valid = rate.compareTo(Duration.ofSeconds(1)) >= 0
                    && rate.compareTo(Duration.ofDays(365)) <= 0
                    && rate.getNano() % 1_000_000 == 0;
            InvalidOptionException.check(valid, "every", rate, "must be from 1 second to 365 days, in milliseconds");
            this.every = rate;
            this.cron = null;
            return this;
        }

        /** Sets the logical type of the jobs, by which their handler is found. Default: none. */
        public Builder type(String newType) {
            InvalidOptionException.check(
                    newType.length() <= LONGEST_NAME && StorableText.isStorable(newType),
                    "type",
                    newType,
                    "must be at most 200 characters without a NUL");
            this.type = newType;
            return this;
        }

        /** Sets the payload of the jobs as JSON. Default: {@code null}. */
        public Builder payload(String json) {
            return payload(json.getBytes(StandardCharsets.UTF_8));
        }

        /** Sets the payload of the jobs as it is stored. Default: a JSON null. */
        public Builder payload(byte[] bytes) {
            this.payload = bytes.clone();
            return this;
        }

        /**
         * Sets the priority of the jobs, from 0 (first) to 9 (last). Default: {@value JobSender#DEFAULT_PRIORITY}.
         *
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder priority(int newPriority) {
            this.priority = InvalidOptionException.range("priority", newPriority, 0, 9);
            return this;
        }

        /** Sets attributes of the jobs. Default: none. */
        public Builder attributes(Map<String, String> newAttributes) {
            this.attributes = Map.copyOf(newAttributes);
            return this;
        }

        /** Sets what becomes of times that were missed; with {@link Missed#ALL} of the latest 100. Default: one job is sent. */
        public Builder missed(Missed newMissed) {
            return newMissed == Missed.ALL ? catchUp(100) : missed(newMissed, 1);
        }

        /**
         * Lets a job be sent for each of the times that were missed.
         *
         * @param most for how many at most, the latest ones, from 1 to 1,000
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder catchUp(int most) {
            return missed(Missed.ALL, InvalidOptionException.range("catch-up", most, 1, MOST_CAUGHT_UP));
        }

        private Builder missed(Missed newMissed, int most) {
            this.missed = newMissed;
            this.catchUp = most;
            return this;
        }

        /** Sets what happens as long as the last job has not ended. Default: the next one is sent. */
        public Builder overlap(Overlap newOverlap) {
            this.overlap = newOverlap;
            return this;
        }

        /**
         * Builds the schedule.
         *
         * @throws InvalidOptionException if neither a cron expression nor a rate was set
         */
        public Schedule build() {
            InvalidOptionException.check(
                    cron != null || every != null, "cron", "", "or every must be set for schedule '" + name + "'");
            return new Schedule(new Values(
                    name,
                    cron,
                    zone,
                    every,
                    queue,
                    type,
                    new Payload(payload),
                    priority,
                    attributes,
                    missed,
                    catchUp,
                    overlap));
        }
    }
}
