package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.JobInterceptor;
import io.pgjobq.internal.convert.JobTypes;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The handlers of a queue, by logical type. Immutable. */
final class Handlers {

    private final Map<String, Handler> byType = new TreeMap<>();
    private final @Nullable Handler rest;

    /**
     * @throws IllegalArgumentException if there is none, or two want the same jobs
     */
    Handlers(String queue, List<Handler> handlers) {
        Handler takesRest = null;
        for (Handler handler : handlers) {
            if (handler.takesRest()) {
                refuseTwo(queue, "every type that no other handler names", takesRest, handler);
                takesRest = handler;
            }
            for (String type : handler.types()) {
                refuseTwo(queue, "type '" + type + "'", byType.put(type, handler), handler);
            }
        }
        if (handlers.isEmpty()) {
            throw new IllegalArgumentException("queue '" + queue + "': a container needs a handler");
        }
        rest = takesRest;
        if (rest == null && handlers.size() == 1) {
            byType.putIfAbsent("", handlers.get(0));
        }
    }

    /** As the constructor, each with the interceptors around its call. */
    static Handlers of(String queue, List<Handler> handlers, List<JobInterceptor> interceptors) {
        return new Handlers(
                queue,
                handlers.stream()
                        .map(handler -> InterceptorChain.around(handler, interceptors))
                        .toList());
    }

    private static void refuseTwo(String queue, String what, @Nullable Handler first, Handler second) {
        if (first != null) {
            throw new IllegalArgumentException(
                    "queue '" + queue + "': both " + first.description() + " and " + second.description() + " handle "
                            + what + "; keep one, or tell them apart by @JobHandler(types = …)");
        }
    }

    /** Returns all of them. */
    Stream<Handler> all() {
        return Stream.concat(byType.values().stream(), Stream.ofNullable(rest));
    }

    /** Returns who runs jobs of the type, {@code null} if nobody here does. */
    @Nullable
    Handler find(String type) {
        return byType.getOrDefault(type, rest);
    }

    /**
     * Returns the types that are run here, in order, so that nodes of the same handlers ask for the same; {@code null} if all
     * are. A job without a type goes to an only handler.
     */
    String @Nullable [] types() {
        return rest != null ? null : byType.keySet().toArray(String[]::new);
    }

    /** Returns what a payload of the type is read as: for a sealed type, the subtype of that name. */
    static Type payloadType(Handler handler, String type) {
        return handler.payloadType() instanceof Class<?> declared && declared.isSealed()
                ? subtype(declared, type)
                : handler.payloadType();
    }

    private static Class<?> subtype(Class<?> declared, String type) {
        if (declared.isSealed()) {
            for (Class<?> permitted : declared.getPermittedSubclasses()) {
                if (JobTypes.namesFor(permitted).contains(type)) {
                    return subtype(permitted, type);
                }
            }
        }
        return declared;
    }
}
