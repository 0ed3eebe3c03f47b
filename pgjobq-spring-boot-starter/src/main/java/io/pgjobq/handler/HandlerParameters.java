package io.pgjobq.handler;

import io.pgjobq.JobContext;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import org.springframework.core.GenericTypeResolver;

/**
 * Where a handler's arguments go.
 *
 * @param count how many parameters the method has
 * @param payload the position of the payload, negative for none
 * @param context the position of the {@link JobContext}, negative for none
 * @param continued whether the last is where a suspending function of Kotlin is told who waits for it
 * @param payloadType the payload's type, with type variables resolved
 */
record HandlerParameters(int count, int payload, int context, boolean continued, Type payloadType) {

    private static final int NONE = -1;

    static HandlerParameters of(JobHandlerMethod handler) {
        Method method = handler.method();
        int payload = NONE;
        int context = NONE;
        boolean continued = HandlerReturn.isContinuation(method.getParameterCount() - 1, method);
        int last = method.getParameterCount() - (continued ? 1 : 0);
        for (int i = 0; i < last; i++) {
            boolean isContext = method.getParameterTypes()[i] == JobContext.class;
            if ((isContext ? context : payload) != NONE) {
                throw invalid(handler, isContext ? "two JobContext parameters" : "more than one payload parameter");
            }
            context = isContext ? i : context;
            payload = isContext ? payload : i;
        }
        if (payload == NONE && handler.schedules().isEmpty()) {
            throw invalid(handler, "no payload parameter");
        }
        Type type = payload == NONE
                ? byte[].class
                : GenericTypeResolver.resolveType(method.getGenericParameterTypes()[payload], handler.targetClass());
        return new HandlerParameters(method.getParameterCount(), payload, context, continued, type);
    }

    /** Returns whether the method wants to see the payload; one that is called by a schedule need not. */
    boolean takesPayload() {
        return payload != NONE;
    }

    @Nullable
    Object[] arguments(@Nullable Object payload, JobContext context, @Nullable Object continuation) {
        @Nullable Object[] arguments = new @Nullable Object[count];
        if (takesPayload()) {
            arguments[this.payload] = payload;
        }
        if (this.context != NONE) {
            arguments[this.context] = context;
        }
        if (continued) {
            arguments[count - 1] = continuation;
        }
        return arguments;
    }

    private static InvalidJobHandlerException invalid(JobHandlerMethod handler, String problem) {
        return new InvalidJobHandlerException(
                handler.fullDescription() + " has " + problem + ".",
                "Give it exactly one parameter for the job's payload and, if it needs one, a JobContext.");
    }
}
