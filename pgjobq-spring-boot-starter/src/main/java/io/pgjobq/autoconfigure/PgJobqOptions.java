package io.pgjobq.autoconfigure;

import io.pgjobq.BackOff;
import io.pgjobq.ContainerOptions;
import io.pgjobq.HistoryRetention;
import io.pgjobq.NodeOptions;
import io.pgjobq.QueueLimits;
import io.pgjobq.QueueOptions;
import io.pgjobq.properties.InvalidPropertyException;
import io.pgjobq.properties.PgJobqProperties;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;

/**
 * The core's options, as properties and customizers say. All properties are checked when this is made, so that no value fails
 * later.
 */
final class PgJobqOptions {

    private static final String DEFAULTS = "pgjobq.defaults.";

    private static final PropertyMapper MAPPER = PropertyMapper.get();

    private final PgJobqProperties properties;
    private final Customizers customizers;
    private final NodeOptions node;

    /** What changes the options after the properties have, in its order. */
    record Customizers(List<QueueOptionsCustomizer> queues, List<ContainerOptionsCustomizer> containers) {

        static final Customizers NONE = new Customizers(List.of(), List.of());
    }

    /**
     * Checks all properties.
     *
     * @throws InvalidPropertyException if one makes no sense
     */
    PgJobqOptions(PgJobqProperties properties, Customizers customizers, Environment environment) {
        this.properties = properties;
        this.customizers = customizers;
        this.node = PropertyRules.options("pgjobq.", () -> node(properties, environment));
        checkQueues(environment);
    }

    /** Returns what concerns this node as a whole. */
    NodeOptions node() {
        return node;
    }

    /** Returns what holds for the queue in the whole fleet. */
    QueueOptions queue(String queue) {
        QueueOptions.Builder options = configuredQueue(queue).toBuilder();
        customizers.queues().forEach(each -> each.customize(queue, options));
        return options.build();
    }

    /** Returns how jobs of the queue are run here. */
    ContainerOptions container(String queue) {
        ContainerOptions.Builder options = configuredContainer(queue).toBuilder();
        customizers.containers().forEach(each -> each.customize(queue, options));
        return options.build();
    }

    /** Returns whether this node runs jobs. */
    boolean runsJobs() {
        return properties.worker().enabled() && properties.node().enabled();
    }

    /** Returns what properties say of schedules. */
    ConfiguredSchedules schedules() {
        return new ConfiguredSchedules(properties.schedules());
    }

    /** Returns the queues that have properties of their own. */
    Set<String> configuredQueues() {
        return properties.queues().keySet();
    }

    /**
     * Checks that no property is meant for a queue with handlers but misses its name: characters that property names
     * can't have are dropped from keys without brackets.
     *
     * @throws InvalidPropertyException if one does
     */
    void checkQueueNames(Collection<String> queuesWithHandlers) {
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

    private void checkQueues(Environment environment) {
        queue(QueueOptions.DEFAULT, DEFAULTS, properties.defaults());
        ContainerOptions defaults = container(ContainerOptions.DEFAULT, DEFAULTS, properties.defaults());
        configuredQueues().forEach(this::configuredQueue);
        configuredQueues().forEach(this::configuredContainer);
        if (!runsJobs()) {
            return;
        }
        PropertyRules.checkShutdownTimeout(DEFAULTS + "shutdown-timeout", defaults.shutdownTimeout(), environment);
        for (String queue : configuredQueues()) {
            PropertyRules.checkShutdownTimeout(
                    prefix(queue) + "shutdown-timeout",
                    configuredContainer(queue).shutdownTimeout(),
                    environment);
        }
    }

    private static String prefix(String queue) {
        return "pgjobq.queues." + queue + ".";
    }

    private QueueOptions configuredQueue(String queue) {
        QueueOptions defaults = queue(QueueOptions.DEFAULT, DEFAULTS, properties.defaults());
        return queue(defaults, prefix(queue), properties.queues().get(queue));
    }

    private ContainerOptions configuredContainer(String queue) {
        ContainerOptions defaults = container(ContainerOptions.DEFAULT, DEFAULTS, properties.defaults());
        return container(defaults, prefix(queue), properties.queues().get(queue));
    }

    private static NodeOptions node(PgJobqProperties properties, Environment environment) {
        return NodeOptions.builder()
                .schema(properties.schema())
                .name(NodeName.of(properties.node().name(), environment))
                .timeout(properties.node().timeout())
                .pollInterval(properties.pollInterval())
                .completionTimeout(properties.completion().timeout())
                .databaseRequired(properties.databaseRequired())
                .virtualThreads(Threading.VIRTUAL.isActive(environment))
                .build();
    }

    private static QueueOptions queue(QueueOptions base, String prefix, PgJobqProperties.@Nullable Queue queue) {
        return queue == null ? base : PropertyRules.options(prefix, () -> queue(base, queue));
    }

    private static QueueOptions queue(QueueOptions base, PgJobqProperties.Queue queue) {
        QueueOptions.Builder options = base.toBuilder();
        MAPPER.from(queue.maxAttempts()).to(options::maxAttempts);
        options.limits(limits(base.limits(), queue));
        return options.history(history(base.history(), queue.history())).build();
    }

    private static QueueLimits limits(QueueLimits base, PgJobqProperties.Queue queue) {
        PgJobqProperties.Limits limits = queue.limits();
        QueueLimits.Builder all = base.toBuilder();
        MAPPER.from(limits.concurrency()).to(all::concurrency);
        MAPPER.from(limits.rate()).to(all::rate);
        MAPPER.from(limits.burst()).to(all::burst);
        MAPPER.from(limits.concurrencyPerKey()).to(all::concurrencyPerKey);
        MAPPER.from(queue.orderPerKey()).to(all::orderPerKey);
        return all.build();
    }

    private static ContainerOptions container(
            ContainerOptions base, String prefix, PgJobqProperties.@Nullable Queue queue) {
        return queue == null ? base : PropertyRules.options(prefix, () -> container(base, queue));
    }

    private static ContainerOptions container(ContainerOptions base, PgJobqProperties.Queue queue) {
        ContainerOptions.Builder options = base.toBuilder();
        MAPPER.from(queue.concurrency()).to(options::concurrency);
        MAPPER.from(queue.maxPrefetch()).to(options::maxPrefetch);
        MAPPER.from(queue.leastUrgentEvery()).to(options::leastUrgentEvery);
        MAPPER.from(queue.timeLimit()).to(options::timeLimit);
        MAPPER.from(queue.shutdownTimeout()).to(options::shutdownTimeout);
        MAPPER.from(queue.autoStartup()).to(options::autoStartup);
        return options.retry(retry(base.retry(), queue.retry())).build();
    }

    private static BackOff retry(BackOff base, PgJobqProperties.Retry retry) {
        BackOff.Builder backOff = base.toBuilder();
        MAPPER.from(retry.delay()).to(backOff::delay);
        MAPPER.from(retry.multiplier()).to(backOff::multiplier);
        MAPPER.from(retry.maxDelay()).to(backOff::maxDelay);
        MAPPER.from(retry.jitter()).to(backOff::jitter);
        return backOff.build();
    }

    private static HistoryRetention history(HistoryRetention base, PgJobqProperties.History history) {
        return new HistoryRetention(
                history.succeeded() == null ? base.succeeded() : history.succeeded(),
                history.dead() == null ? base.dead() : history.dead());
    }
}
