package io.pgjobq.handler;

import io.pgjobq.BatchJob;
import io.pgjobq.JobContext;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ResolvableType;

/**
 * Where a handler's arguments go.
 *
 * @param count how many parameters the method has
 * @param payload the position of the payload, negative for none
 * @param context the position of the {@link JobContext}, negative for none
 * @param continued whether the last is where a suspending function of Kotlin is told who waits for it
 * @param payloadType the payload's type, with type variables resolved; for a batch, that of each
 * @param taken what is taken at once
 */
record HandlerParameters(int count, int payload, int context, boolean continued, Type payloadType, Taken taken) {

    private static final int NONE = -1;

    /** What a handler takes at once. */
    enum Taken {
        /** One payload. */
        PAYLOAD,
        /** The list of a batch's payloads. */
        PAYLOADS,
        /** The list of a batch's jobs. */
        JOBS
    }

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
        HandlerParameters parameters =
                new HandlerParameters(method.getParameterCount(), payload, context, continued, type, Taken.PAYLOAD);
        return handler.takesBatches() ? parameters.batch(handler) : parameters.single(handler);
    }

    private HandlerParameters batch(JobHandlerMethod handler) {
        ResolvableType list = ResolvableType.forType(payloadType);
        if (!takesPayload() || list.resolve() != List.class || !(payloadType instanceof ParameterizedType)) {
            throw new InvalidJobHandlerException(
                    handler.fullDescription() + " has a batchSize, but does not take a List of payloads.",
                    "Let it take List<Payload> or List<BatchJob<Payload>>, or take batchSize away.");
        }
        if (context != NONE) {
            throw new InvalidJobHandlerException(
                    handler.fullDescription() + " takes many jobs at once, but one JobContext.",
                    "Let it take List<BatchJob<Payload>>, which has the context of each job.");
        }
        ResolvableType element = element(list);
        boolean jobs = element.resolve() == BatchJob.class;
        Type each = (jobs ? element(element) : element).getType();
        return new HandlerParameters(count, payload, context, continued, each, jobs ? Taken.JOBS : Taken.PAYLOADS);
    }

    /** Kotlin makes {@code List<? extends Payload>} of a list of what has subtypes. */
    private static ResolvableType element(ResolvableType container) {
        Type type = container.getGeneric(0).getType();
        return ResolvableType.forType(type instanceof WildcardType wildcard ? wildcard.getUpperBounds()[0] : type);
    }

    private HandlerParameters single(JobHandlerMethod handler) {
        ResolvableType type = ResolvableType.forType(payloadType);
        if (type.resolve() == BatchJob.class
                || type.as(Iterable.class).getGeneric(0).resolve() == BatchJob.class) {
            throw new InvalidJobHandlerException(
                    handler.fullDescription() + " takes BatchJobs, but has no batchSize.",
                    "Say in @JobHandler(batchSize = …) how many jobs it takes at once.");
        }
        return this;
    }

    /** Returns whether the method wants to see the payload; one that is called by a schedule need not. */
    boolean takesPayload() {
        return payload != NONE;
    }

    @Nullable
    Object[] arguments(@Nullable Object payload, JobContext context, @Nullable Object continuation) {
        @Nullable Object[] arguments = new @Nullable Object[count];
        if (takesPayload()) {
            arguments[this.payload] = taken == Taken.PAYLOADS ? payloads((List<?>) payload) : payload;
        }
        if (this.context != NONE) {
            arguments[this.context] = context;
        }
        if (continued) {
            arguments[count - 1] = continuation;
        }
        return arguments;
    }

    private static List<@Nullable Object> payloads(@Nullable List<?> jobs) {
        List<@Nullable Object> payloads = new ArrayList<>();
        if (jobs != null) {
            jobs.forEach(job -> payloads.add(((BatchJob<?>) job).payload()));
        }
        return payloads;
    }

    private static InvalidJobHandlerException invalid(JobHandlerMethod handler, String problem) {
        return new InvalidJobHandlerException(
                handler.fullDescription() + " has " + problem + ".",
                "Give it exactly one parameter for the job's payload and, if it needs one, a JobContext.");
    }
}
