package io.pgjobq.properties;

import io.pgjobq.KeyOrder;
import io.pgjobq.Missed;
import io.pgjobq.Overlap;
import io.pgjobq.Rate;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * What can be set under {@code pgjobq}. A name that is not known here fails the start.
 *
 * @param enabled Whether pgjobq is set up at all.
 * @param schema Schema of pgjobq's tables: lower-case letters, digits and '_'.
 * @param databaseRequired Whether starting fails if the database can't be reached. Otherwise it is awaited in the
 *     background.
 * @param pollInterval How often an idle queue is looked at for jobs that no notification told of, from 10ms to 1h.
 * @param migration How the schema comes to be.
 * @param notifications How this application is told of jobs.
 * @param node This application among those that share the database.
 * @param completion Waiting for jobs to end.
 * @param worker Whether jobs are run here.
 * @param defaults Settings of all queues.
 * @param queues Settings of single queues, by name. Names with '.', ':' or '/' are written in brackets.
 * @param schedules What sends jobs again and again, by name. Names with '.', ':' or '/' are written in brackets.
 */
@ConfigurationProperties(prefix = "pgjobq", ignoreUnknownFields = false)
public record PgJobqProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("pgjobq") String schema,
        @DefaultValue("true") boolean databaseRequired,
        @DefaultValue("5s") Duration pollInterval,
        @DefaultValue Migration migration,
        @Name("notify") @DefaultValue Notify notifications,
        @DefaultValue Node node,
        @DefaultValue Completion completion,
        @DefaultValue Worker worker,
        @DefaultValue Queue defaults,
        @DefaultValue Map<String, Queue> queues,
        @DefaultValue Map<String, Schedule> schedules) {

    public PgJobqProperties {
        queues = Collections.unmodifiableMap(new LinkedHashMap<>(queues));
        schedules = Collections.unmodifiableMap(new LinkedHashMap<>(schedules));
    }

    /**
     * How the schema comes to be.
     *
     * @param enabled Whether the schema is created and upgraded at start. Otherwise it is only checked.
     */
    public record Migration(@DefaultValue("true") boolean enabled) {}

    /**
     * How this application is told of jobs.
     *
     * @param enabled Whether one connection outside the pool listens for jobs. Otherwise queues are only polled.
     * @param url JDBC URL of the listening connection, where it can't be the DataSource's, such as behind PgBouncer.
     * @param username User of the listening connection. The DataSource's by default.
     * @param password Password of the listening connection. The DataSource's by default.
     */
    public record Notify(
            @DefaultValue("true") boolean enabled,
            @Nullable String url,
            @Nullable String username,
            @Nullable String password) {

        @Override
        public String toString() {
            // Neither the password, nor the URL, which may hold it.
            return "Notify[enabled=" + enabled + ", username=" + username + "]";
        }
    }

    /**
     * This application among those that share the database.
     *
     * @param enabled Whether this application runs jobs or looks after the queues. Otherwise it only sends and waits, for
     *     which lesser database rights are enough.
     * @param name How messages and tables name this application; need not be unique. Application name and host by
     *     default.
     * @param timeout Within what time its jobs run elsewhere when this application falls silent, from 2s to 1h.
     */
    public record Node(
            @DefaultValue("true") boolean enabled,
            @Nullable String name,
            @DefaultValue("15s") Duration timeout) {}

    /**
     * Waiting for jobs to end.
     *
     * @param timeout How long a job is waited for where the caller does not say.
     */
    public record Completion(@DefaultValue("1h") Duration timeout) {}

    /**
     * Whether jobs are run here.
     *
     * @param enabled Whether this application runs jobs. Otherwise it only sends them.
     */
    public record Worker(@DefaultValue("true") boolean enabled) {}

    /**
     * Settings of all queues, or of a single one. What is not set is that of all queues, or else the core's own default.
     *
     * @param concurrency How many jobs of a queue may run at once in this application, from 1 to 10000.
     * @param maxPrefetch How many jobs of a queue this application takes at most beyond those that run, from 0 to 10000.
     * @param leastUrgentEvery How often this application, when it takes jobs of a queue, begins with the least urgent: every so many times, from 2 to 1000. 0 is never.
     * @param timeLimit How long an attempt may run before it is interrupted and fails, at most 30d. Zero is any time.
     * @param maxAttempts How many attempts a job has in all, from 1 to 100.
     * @param limits What is allowed of a queue's jobs in all applications together.
     * @param orderPerKey Whether jobs of a queue with one key run one at a time in the order in which they were sent, and what a retry means to that. In no order by default.
     * @param retry How long a failed job waits.
     * @param shutdownTimeout How long stopping waits for running jobs before it interrupts them.
     * @param autoStartup Whether a queue is worked on as soon as the application has started.
     * @param history How long finished jobs are kept.
     */
    public record Queue(
            @Nullable Integer concurrency,
            @Nullable Integer maxPrefetch,
            @Nullable Integer leastUrgentEvery,
            @Nullable Duration timeLimit,
            @Nullable Integer maxAttempts,
            @DefaultValue Limits limits,
            @Nullable KeyOrder orderPerKey,
            @DefaultValue Retry retry,
            @Nullable Duration shutdownTimeout,
            @Nullable Boolean autoStartup,
            @DefaultValue History history) {}

    /**
     * What sends jobs again and again. What is not set is what the {@code @JobSchedule} of that name says.
     *
     * @param enabled Whether the schedule is declared here.
     * @param queue Queue to which its jobs are sent.
     * @param cron Cron expression of six fields, from second to day of the week.
     * @param zone Time zone of the expression. UTC by default.
     * @param every Fixed rate, from 1s to 365d.
     * @param type Logical type of its jobs.
     * @param payload Payload of its jobs, as JSON.
     * @param priority Priority of its jobs, from 0 (first) to 9 (last).
     * @param missed What is sent for times at which nobody could send.
     * @param catchUp For how many of the times that were missed jobs are sent at most, from 1 to 1000.
     * @param overlap What happens as long as its last job has not ended.
     */
    public record Schedule(
            @DefaultValue("true") boolean enabled,
            @Nullable String queue,
            @Nullable String cron,
            @Nullable String zone,
            @Nullable Duration every,
            @Nullable String type,
            @Nullable String payload,
            @Nullable Integer priority,
            @Nullable Missed missed,
            @Nullable Integer catchUp,
            @Nullable Overlap overlap) {}

    /**
     * What is allowed of a queue's jobs in all applications together.
     *
     * @param concurrency How many jobs of a queue may run at once on all nodes together, from 1 to 1000000. Any number by default.
     * @param rate How many jobs of a queue may start in what time on all nodes together, such as 600/1m. Any number by default.
     * @param burst How many of the jobs that the rate allows may start at once. All of them by default.
     * @param concurrencyPerKey How many jobs of a queue with one key may run at once on all nodes together, from 1 to 1000000. Any number by default.
     */
    public record Limits(
            @Nullable Integer concurrency,
            @Nullable Rate rate,
            @Nullable Integer burst,
            @Nullable Integer concurrencyPerKey) {}

    /**
     * How long a failed job waits.
     *
     * @param delay Wait after the first failure.
     * @param multiplier What each further failure multiplies the wait with, at least 1.
     * @param maxDelay Longest wait, at most 365d.
     * @param jitter Share by which a wait may differ at random, from 0 (never) to 1.
     */
    public record Retry(
            @Nullable Duration delay,
            @Nullable Double multiplier,
            @Nullable Duration maxDelay,
            @Nullable Double jitter) {}

    /**
     * How long finished jobs are kept.
     *
     * @param succeeded How long jobs that succeeded are kept, with times and results. Zero keeps nothing.
     * @param dead How long dead and cancelled jobs are kept, with payloads and errors. Zero keeps nothing.
     */
    public record History(
            @Nullable Duration succeeded, @Nullable Duration dead) {}
}
