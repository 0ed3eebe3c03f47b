package io.pgjobq.handler;

import io.pgjobq.Handler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The handlers of one queue, no two for one type. */
final class QueueHandlers {

    // Stands for "every type that no other handler names" among the types, which are never blank.
    private static final String REST = "";

    private final String queue;
    private final Map<String, JobHandlerMethod> methods = new HashMap<>();
    private final List<Handler> handlers = new ArrayList<>();

    QueueHandlers(String queue) {
        this.queue = queue;
    }

    void add(JobHandlerMethod method, Handler handler) {
        for (String type : handler.takesRest() ? Set.of(REST) : handler.types()) {
            JobHandlerMethod other = methods.putIfAbsent(type, method);
            if (other != null) {
                throw clash(type, other, method);
            }
        }
        handlers.add(handler);
    }

    List<Handler> handlers() {
        return List.copyOf(handlers);
    }

    private InvalidJobHandlerException clash(String type, JobHandlerMethod one, JobHandlerMethod other) {
        String jobs = type.equals(REST) ? "the raw jobs" : "jobs of type '" + type + "'";
        return new InvalidJobHandlerException(
                "queue '" + queue + "' has two handlers for " + jobs + ": " + one.fullDescription() + " and "
                        + other.fullDescription() + ".",
                "Remove one, move it to another queue, or tell their types apart with @JobType or @JobHandler(types = …).");
    }
}
