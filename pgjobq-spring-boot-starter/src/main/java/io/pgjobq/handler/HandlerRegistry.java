package io.pgjobq.handler;

import io.pgjobq.Handler;
import io.pgjobq.Schedule;
import java.util.List;
import java.util.Map;

/** Takes the handlers that were found, once, before the application starts working. */
@FunctionalInterface
public interface HandlerRegistry {

    /**
     * Registers the handlers of each queue; those of one queue have different types.
     *
     * @param schedules what sends jobs to them again and again
     */
    void register(Map<String, List<Handler>> handlersByQueue, List<Schedule> schedules);
}
