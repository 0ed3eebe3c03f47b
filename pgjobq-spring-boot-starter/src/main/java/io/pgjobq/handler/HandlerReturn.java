package io.pgjobq.handler;

import io.pgjobq.NonRetryableJobException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;

/**
 * What a handler returns: its result, or something that the worker waits for. What can't be waited for is refused, since a
 * job must not count as done before its work is.
 *
 * @param kind how it is waited for
 * @param type the type of the result
 */
record HandlerReturn(Kind kind, Type type) {

    /** How the end of a handler's work is known. */
    enum Kind {
        /** When the method returns. */
        VALUE,
        /** The method says only {@code Object}: as {@code VALUE}, or as what it turns out to be. */
        OBJECT,
        /** When the {@link CompletionStage} ends. */
        STAGE,
        /** When the {@code Mono} ends. */
        MONO,
        /** When the suspending function of Kotlin returns. */
        SUSPENDING
    }

    private static final String CONTINUATION = "kotlin.coroutines.Continuation";
    private static final String MONO = "reactor.core.publisher.Mono";

    /** By name, since most of them need not be there. */
    private static final Set<String> ENDLESS = Set.of(
            "java.util.concurrent.Callable",
            "java.util.concurrent.Flow$Publisher",
            "java.util.concurrent.Future",
            "java.util.stream.BaseStream",
            "org.reactivestreams.Publisher",
            "kotlinx.coroutines.Job",
            "kotlinx.coroutines.flow.Flow",
            "io.reactivex.rxjava3.core.CompletableSource",
            "io.reactivex.rxjava3.core.MaybeSource",
            "io.reactivex.rxjava3.core.ObservableSource",
            "io.reactivex.rxjava3.core.SingleSource",
            "io.smallrye.mutiny.Uni");

    /** Those that Spring's interceptor answers to. */
    private static final Set<String> ASYNC = Set.of(
            "org.springframework.scheduling.annotation.Async",
            "jakarta.ejb.Asynchronous",
            "jakarta.enterprise.concurrent.Asynchronous");

    static HandlerReturn of(JobHandlerMethod handler) {
        refuseAsync(handler);
        Method method = handler.method();
        if (isContinuation(method.getParameterCount() - 1, method)) {
            return suspending(handler);
        }
        ResolvableType declared = ResolvableType.forMethodReturnType(method, handler.targetClass());
        Class<?> type = declared.resolve(Object.class);
        if (type == Object.class) {
            return new HandlerReturn(Kind.OBJECT, declared.getType());
        }
        if (CompletionStage.class.isAssignableFrom(type)) {
            return ofContent(handler, Kind.STAGE, declared.as(CompletionStage.class));
        }
        if (type.getName().equals(MONO)) {
            return ofContent(handler, Kind.MONO, declared);
        }
        refuseEndless(handler, type);
        return new HandlerReturn(Kind.VALUE, declared.getType());
    }

    private static HandlerReturn suspending(JobHandlerMethod handler) {
        if (!ClassUtils.isPresent("kotlinx.coroutines.future.FutureKt", HandlerReturn.class.getClassLoader())) {
            throw new InvalidJobHandlerException(
                    handler.fullDescription() + " is a suspending function, but nothing here can wait for it.",
                    "Add kotlinx-coroutines-core to the class path, or take 'suspend' away.");
        }
        int last = handler.method().getParameterCount() - 1;
        return ofContent(
                handler,
                Kind.SUSPENDING,
                ResolvableType.forMethodParameter(handler.method(), last, handler.targetClass()));
    }

    private static HandlerReturn ofContent(JobHandlerMethod handler, Kind kind, ResolvableType container) {
        ResolvableType content = container.getGeneric(0);
        Class<?> type = content.resolve(Object.class);
        if (CompletionStage.class.isAssignableFrom(type)) {
            throw cantBeWaitedFor(handler, "one " + CompletionStage.class.getSimpleName() + " in another");
        }
        refuseEndless(handler, type);
        return new HandlerReturn(kind, type == Object.class ? Object.class : content.getType());
    }

    private static void refuseAsync(JobHandlerMethod handler) {
        MergedAnnotations onMethod = MergedAnnotations.from(handler.method(), SearchStrategy.TYPE_HIERARCHY);
        MergedAnnotations onClass = MergedAnnotations.from(handler.targetClass(), SearchStrategy.TYPE_HIERARCHY);
        if (ASYNC.stream().anyMatch(name -> onMethod.isPresent(name) || onClass.isPresent(name))) {
            throw new InvalidJobHandlerException(
                    handler.fullDescription() + " is @Async, so that it returns before its work is done, and its job "
                            + "would count as done.",
                    "Take @Async away: handlers run on threads of their own, and one whose work goes on elsewhere returns "
                            + "a CompletionStage that ends with it.");
        }
    }

    private static void refuseEndless(JobHandlerMethod handler, Class<?> type) {
        if (isEndless(type)) {
            throw cantBeWaitedFor(handler, type.getName());
        }
    }

    private static InvalidJobHandlerException cantBeWaitedFor(JobHandlerMethod handler, String what) {
        return new InvalidJobHandlerException(
                handler.fullDescription() + " returns " + what + ", of which the end of its work can't be told.",
                "Return the result itself, a CompletionStage or a Mono (then() and collectList() make one of a Flux), or make "
                        + "it a suspending function: these end with the work.");
    }

    private static boolean isEndless(@Nullable Class<?> type) {
        return type != null
                && (ENDLESS.contains(type.getName())
                        || isEndless(type.getSuperclass())
                        || Arrays.stream(type.getInterfaces()).anyMatch(HandlerReturn::isEndless));
    }

    /** Returns whether the parameter is where Kotlin's compiler lets a suspending function be told who waits for it. */
    static boolean isContinuation(int parameter, Method method) {
        return parameter >= 0
                && parameter == method.getParameterCount() - 1
                && method.getParameterTypes()[parameter].getName().equals(CONTINUATION);
    }

    /** Returns whether the work goes on after the call. */
    boolean isUnfinished() {
        return kind == Kind.STAGE || kind == Kind.MONO || kind == Kind.SUSPENDING;
    }

    /** Returns what the worker can store or wait for. */
    @Nullable
    Object adapt(String description, @Nullable Object value) {
        if (value == null || kind == Kind.VALUE || kind == Kind.STAGE) {
            return value;
        }
        if (kind == Kind.MONO || value.getClass().getName().startsWith("reactor.") && Reactor.isMono(value)) {
            return Reactor.future(value);
        }
        if (!(value instanceof CompletionStage) && isEndless(value.getClass())) {
            throw new NonRetryableJobException(
                    description + " returned a " + value.getClass().getName()
                            + ", of which the end of its work can't be told; return the result itself, a CompletionStage or a"
                            + " Mono");
        }
        return value;
    }

    /** Only loaded where Reactor is there. */
    private static final class Reactor {

        static boolean isMono(Object value) {
            return value instanceof Mono;
        }

        static CompletionStage<?> future(Object mono) {
            return ((Mono<?>) mono).toFuture();
        }
    }
}
