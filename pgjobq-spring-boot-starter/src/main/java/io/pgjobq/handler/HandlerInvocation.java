package io.pgjobq.handler;

import io.pgjobq.Handler;
import io.pgjobq.JobContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.Advised;
import org.springframework.util.ReflectionUtils;

/** Calls the method of a bean that is looked up for each job, so that lazy and scoped beans work as ever. */
final class HandlerInvocation implements Handler.Invocation {

    private final Supplier<Object> bean;
    private final JobHandlerMethod handler;
    private final HandlerParameters parameters;
    private final HandlerReturn returned;
    // Any thread; a lost update costs one more look.
    private volatile @Nullable InvocableMethod last;

    HandlerInvocation(
            Supplier<Object> bean, JobHandlerMethod handler, HandlerParameters parameters, HandlerReturn returned) {
        this.bean = bean;
        this.handler = handler;
        this.parameters = parameters;
        this.returned = returned;
    }

    /** Fails if the method can't be called on a bean of the class. */
    void check(Class<?> beanClass) {
        last = InvocableMethod.of(handler, beanClass);
    }

    @Override
    public @Nullable Object invoke(@Nullable Object payload, JobContext context) throws Throwable {
        Object receiver = bean.get();
        InvocableMethod invocable = invocable(receiver.getClass());
        if (returned.kind() == HandlerReturn.Kind.SUSPENDING) {
            return SuspendingCall.start(
                    continuation -> call(receiver, invocable, parameters.arguments(payload, context, continuation)));
        }
        Object value = call(receiver, invocable, parameters.arguments(payload, context, null));
        return returned.adapt(handler.description(), value);
    }

    private static @Nullable Object call(Object receiver, InvocableMethod invocable, @Nullable Object[] arguments)
            throws Throwable {
        return invocable.onTarget()
                ? callTarget(receiver, invocable.method(), arguments)
                : call(receiver, invocable.method(), arguments);
    }

    private InvocableMethod invocable(Class<?> beanClass) {
        InvocableMethod known = last;
        if (known == null || known.beanClass() != beanClass) {
            known = InvocableMethod.of(handler, beanClass);
            last = known;
        }
        return known;
    }

    private static @Nullable Object callTarget(Object proxy, Method method, @Nullable Object[] arguments)
            throws Throwable {
        TargetSource source = ((Advised) proxy).getTargetSource();
        Object target = source.getTarget();
        if (target == null) {
            throw new IllegalStateException("the proxy " + proxy.getClass().getName() + " has no target");
        }
        try {
            return target instanceof Advised ? callTarget(target, method, arguments) : call(target, method, arguments);
        } finally {
            source.releaseTarget(target);
        }
    }

    private static @Nullable Object call(Object receiver, Method method, @Nullable Object[] arguments)
            throws Throwable {
        ReflectionUtils.makeAccessible(method);
        try {
            return method.invoke(receiver, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
