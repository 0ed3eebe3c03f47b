package io.pgjobq.autoconfigure;

import io.pgjobq.Handler;
import io.pgjobq.PgJobQ;
import io.pgjobq.Schedule;
import io.pgjobq.WorkerContainer;
import io.pgjobq.handler.HandlerRegistry;
import io.pgjobq.handler.InvalidJobHandlerException;
import io.pgjobq.internal.support.Log;
import io.pgjobq.properties.InvalidPropertyException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.beans.factory.config.SingletonBeanRegistry;

/** Makes one container for each queue that has handlers, as a bean, and declares the other queues. */
final class WorkerContainers implements HandlerRegistry {

    static final String BEAN_NAME_PREFIX = "pgjobq.worker.";

    private static final Logger LOG = Log.of(WorkerContainers.class);

    private final PgJobQ pgJobQ;
    private final PgJobqOptions options;
    private final SingletonBeanRegistry beans;

    WorkerContainers(PgJobQ pgJobQ, PgJobqOptions options, SingletonBeanRegistry beans) {
        this.pgJobQ = pgJobQ;
        this.options = options;
        this.beans = beans;
    }

    @Override
    public void register(Map<String, List<Handler>> handlersByQueue, List<Schedule> schedules) {
        options.checkQueueNames(handlersByQueue.keySet());
        Set<String> declared = new TreeSet<>(options.configuredQueues());
        if (options.runsJobs()) {
            handlersByQueue.forEach(this::register);
            declared.removeAll(handlersByQueue.keySet());
        } else if (!handlersByQueue.isEmpty()) {
            LOG.info(
                    "pgjobq only sends here (pgjobq.worker.enabled or pgjobq.node.enabled is false): the handlers of {} are not called",
                    String.join(", ", handlersByQueue.keySet()));
            declared.addAll(handlersByQueue.keySet());
        }
        declared.forEach(queue -> declare(queue, handlersByQueue.get(queue)));
        if (options.runsJobs()) {
            Set<String> queues = new TreeSet<>(options.configuredQueues());
            queues.addAll(handlersByQueue.keySet());
            options.schedules().with(schedules, queues).forEach(this::declare);
        }
    }

    private void declare(Schedule schedule) {
        try {
            pgJobQ.declareSchedule(schedule);
        } catch (IllegalArgumentException e) {
            throw new InvalidJobHandlerException(e.getMessage() + ".", "Give each @JobSchedule a name of its own.", e);
        }
    }

    /** @param handlers those that name the queue, {@code null} if only a property does */
    private void declare(String queue, @Nullable List<Handler> handlers) {
        try {
            pgJobQ.declareQueue(queue, options.queue(queue));
        } catch (IllegalArgumentException e) {
            throw handlers != null
                    ? invalid(queue, handlers, e)
                    : new InvalidPropertyException(
                            "pgjobq.queues[" + queue + "] can't be: " + e.getMessage() + ".",
                            "Change the queue's name.",
                            e);
        }
    }

    private void register(String queue, List<Handler> handlers) {
        beans.registerSingleton(BEAN_NAME_PREFIX + queue, container(queue, handlers));
    }

    private WorkerContainer container(String queue, List<Handler> handlers) {
        try {
            return pgJobQ.container(queue, handlers, options.queue(queue), options.container(queue));
        } catch (IllegalArgumentException e) {
            throw invalid(queue, handlers, e);
        }
    }

    private static InvalidJobHandlerException invalid(
            String queue, List<Handler> handlers, IllegalArgumentException cause) {
        String message = String.valueOf(cause.getMessage());
        // What is wrong with the handlers says so itself; what is wrong with the queue's name or options does not.
        boolean named = message.startsWith("queue '" + queue + "': ");
        return new InvalidJobHandlerException(
                (named ? message : "queue '" + queue + "' of " + handlers.get(0).description() + ": " + message) + ".",
                "Correct the @JobHandler annotation, or add the bean that it needs.",
                cause);
    }
}
