package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.JobInterceptor;
import io.pgjobq.PayloadConverter;
import io.pgjobq.PayloadUpgrade;
import io.pgjobq.internal.convert.JobTypes;
import io.pgjobq.internal.convert.PayloadUpgrades;
import io.pgjobq.internal.convert.TypeName;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The handlers of a queue, by logical type, and what makes their payloads of earlier ones. Immutable. */
final class Handlers {

    private final Map<String, Handler> byType = new TreeMap<>();
    private final @Nullable Handler rest;

    /** What the types of which there are handlers are called, without versions. */
    private final Set<String> names = new HashSet<>();

    private final PayloadUpgrades upgrades;

    /** Those of payloads that were never anything else. */
    Handlers(String queue, List<Handler> handlers) {
        this(queue, handlers, List.of());
    }

    /**
     * @throws IllegalArgumentException if there is none, two want the same jobs, or nothing brings payloads to the version that
     *     one wants
     */
    Handlers(String queue, List<Handler> handlers, List<PayloadUpgrade> upgrades) {
        Handler takesRest = null;
        for (Handler handler : handlers) {
            if (handler.takesRest()) {
                refuseTwo(queue, "every type that no other handler names", takesRest, handler);
                takesRest = handler;
            }
            for (String type : handler.types()) {
                TypeName latest = TypeName.parse(type);
                names.add(latest.name());
                for (int version = 1; version <= latest.version(); version++) {
                    String stored = new TypeName(latest.name(), version).stored();
                    refuseTwo(queue, "type '" + stored + "'", byType.put(stored, handler), handler);
                }
            }
        }
        if (handlers.isEmpty()) {
            throw new IllegalArgumentException("queue '" + queue + "': a container needs a handler");
        }
        rest = takesRest;
        if (rest == null && handlers.size() == 1) {
            byType.putIfAbsent("", handlers.get(0));
        }
        this.upgrades = new PayloadUpgrades(queue, handlers, upgrades);
    }

    /** As the constructor, each with the interceptors around its call. */
    static Handlers of(
            String queue, List<Handler> handlers, List<JobInterceptor> interceptors, List<PayloadUpgrade> upgrades) {
        return new Handlers(
                queue,
                handlers.stream()
                        .map(handler -> InterceptorChain.around(handler, interceptors))
                        .toList(),
                upgrades);
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

    /**
     * Returns who runs jobs of the type, {@code null} if nobody here does. A later version of what has a handler here is nobody's, and
     * not for the handler that takes the rest: it waits for a node that knows it.
     */
    @Nullable
    Handler find(String type) {
        Handler named = byType.get(type);
        if (named != null || rest == null || names.isEmpty()) {
            return named == null ? rest : named;
        }
        return names.contains(TypeName.parse(type).name()) ? null : rest;
    }

    /**
     * Returns the types that are run here, in order, so that nodes of the same handlers ask for the same; {@code null} if all
     * are. If {@code null} comes first, all are whose name without a version is not among the others. A job without a type goes
     * to an only handler.
     */
    @Nullable
    String @Nullable [] types() {
        if (rest == null) {
            return byType.keySet().toArray(String[]::new);
        }
        return byType.isEmpty()
                ? null
                : Stream.concat(Stream.of((String) null), byType.keySet().stream())
                        .toArray(String[]::new);
    }

    /** Returns a payload in the version that its handler knows. */
    byte[] upgraded(String type, byte[] payload, PayloadConverter converter) {
        return upgrades.upgraded(type, payload, converter);
    }

    /** Returns what a payload of the type is read as: for a sealed type, the subtype of that name. */
    static Type payloadType(Handler handler, String type) {
        if (handler.payloadType() instanceof Class<?> declared && declared.isSealed()) {
            Class<?> subtype = JobTypes.classFor(declared, TypeName.parse(type).name());
            return subtype == null ? declared : subtype;
        }
        return handler.payloadType();
    }
}
