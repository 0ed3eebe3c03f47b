package io.pgjobq.properties;

import io.pgjobq.HistoryRetention;
import io.pgjobq.RetryPolicy;
import io.pgjobq.internal.engine.EngineOptions;
import io.pgjobq.internal.worker.WorkerOptions;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;

/** The core's options, as the properties say. All are checked when this is made, so that no value fails later. */
public final class PgJobqOptions {

    private final PgJobqProperties properties;
    private final EngineOptions engine;

    /**
     * Checks all properties.
     *
     * @throws InvalidPropertyException if one makes no sense
     */
    public PgJobqOptions(PgJobqProperties properties, Environment environment) {
        this.properties = properties;
        this.engine = PropertyRules.options("pgjobq.", () -> engine(properties, environment));
        checkWorkers(environment);
    }

    /** Returns what concerns this node as a whole. */
    public EngineOptions engine() {
        return engine;
    }

    /** Returns how jobs of the queue are run. */
    public WorkerOptions worker(String queue) {
        PgJobqProperties.Queue overrides = properties.queues().get(queue);
        return overrides == null ? defaults() : worker("pgjobq.queues." + queue + ".", overrides);
    }

    /** Returns whether this node runs jobs. */
    public boolean runsJobs() {
        return properties.worker().enabled() && properties.node().enabled();
    }

    /** Returns the queues that have properties of their own. */
    public Set<String> configuredQueues() {
        return properties.queues().keySet();
    }

    /**
     * Checks that no property is meant for a queue with handlers but misses its name: characters that property names
     * can't have are dropped from keys without brackets.
     *
     * @throws InvalidPropertyException if one does
     */
    public void checkQueueNames(Collection<String> queuesWithHandlers) {
        for (String queue : queuesWithHandlers) {
            String bare = PropertyRules.bareName(queue);
            for (String configured : configuredQueues()) {
                if (!configured.equals(queue)
                        && !queuesWithHandlers.contains(configured)
                        && PropertyRules.bareName(configured).equals(bare)) {
                    throw PropertyRules.misspelled(configured, queue);
                }
            }
        }
    }

    private void checkWorkers(Environment environment) {
        WorkerOptions defaults = defaults();
        if (!runsJobs()) {
            configuredQueues().forEach(this::worker);
            return;
        }
        PropertyRules.checkShutdownTimeout("pgjobq.worker.shutdown-timeout", defaults.shutdownTimeout(), environment);
        for (String queue : configuredQueues()) {
            PropertyRules.checkShutdownTimeout(
                    "pgjobq.queues." + queue + ".shutdown-timeout",
                    worker(queue).shutdownTimeout(),
                    environment);
        }
    }

    private static EngineOptions engine(PgJobqProperties properties, Environment environment) {
        return new EngineOptions(
                properties.schema(),
                NodeName.of(properties.node().name(), environment),
                properties.node().timeout(),
                properties.pollInterval(),
                properties.completion().timeout(),
                properties.databaseRequired(),
                Threading.VIRTUAL.isActive(environment));
    }

    private WorkerOptions defaults() {
        PgJobqProperties.Worker worker = properties.worker();
        PgJobqProperties.History history = properties.history();
        HistoryRetention retention =
                PropertyRules.options("pgjobq.", () -> new HistoryRetention(history.succeeded(), history.dead()));
        return PropertyRules.options(
                "pgjobq.worker.",
                () -> new WorkerOptions(
                        worker.concurrency(),
                        worker.maxAttempts(),
                        retry(worker.retry()),
                        worker.shutdownTimeout(),
                        worker.autoStartup(),
                        retention));
    }

    private WorkerOptions worker(String prefix, PgJobqProperties.Queue queue) {
        WorkerOptions defaults = defaults();
        return PropertyRules.options(
                prefix,
                () -> new WorkerOptions(
                        or(queue.concurrency(), defaults.concurrency()),
                        or(queue.maxAttempts(), defaults.maxAttempts()),
                        retry(queue.retry(), defaults.retry()),
                        or(queue.shutdownTimeout(), defaults.shutdownTimeout()),
                        or(queue.autoStartup(), defaults.autoStartup()),
                        history(queue.history(), defaults.history())));
    }

    private static RetryPolicy retry(PgJobqProperties.Retry retry) {
        return new RetryPolicy(retry.delay(), retry.multiplier(), retry.maxDelay(), retry.jitter());
    }

    private static RetryPolicy retry(PgJobqProperties.QueueRetry retry, RetryPolicy defaults) {
        return new RetryPolicy(
                or(retry.delay(), defaults.delay()),
                or(retry.multiplier(), defaults.multiplier()),
                or(retry.maxDelay(), defaults.maxDelay()),
                or(retry.jitter(), defaults.jitter()));
    }

    private static HistoryRetention history(PgJobqProperties.QueueHistory history, HistoryRetention defaults) {
        return new HistoryRetention(or(history.succeeded(), defaults.succeeded()), or(history.dead(), defaults.dead()));
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
