package io.pgjobq.handler;

import io.pgjobq.Handler;
import java.util.List;
import java.util.Map;

/** Takes the handlers that were found, once, before the application starts working. */
@FunctionalInterface
public interface HandlerRegistry {

    /** Registers the handlers of each queue; those of one queue have different types. */
    void register(Map<String, List<Handler>> handlersByQueue);
}
