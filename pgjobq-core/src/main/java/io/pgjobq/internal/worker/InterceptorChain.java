package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.JobContext;
import io.pgjobq.JobInterceptor;
import io.pgjobq.JobInvocation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The interceptors around a handler's call, built once, for both ways of running it. Immutable. */
final class InterceptorChain implements Handler.Invocation {

    private final Handler handler;
    private final List<JobInterceptor> interceptors;

    private InterceptorChain(Handler handler, List<JobInterceptor> interceptors) {
        this.handler = handler;
        this.interceptors = interceptors;
    }

    /** Returns the handler with interceptors around its call, the first one outermost. */
    static Handler around(Handler handler, List<JobInterceptor> interceptors) {
        return interceptors.isEmpty()
                ? handler
                : new Handler(
                        handler.description(),
                        handler.payloadType(),
                        handler.types(),
                        handler.transaction(),
                        handler.timeLimit(),
                        handler.retry(),
                        handler.batching(),
                        new InterceptorChain(handler, List.copyOf(interceptors)));
    }

    @Override
    public @Nullable Object invoke(@Nullable Object payload, JobContext context) throws Throwable {
        return call(0, payload, context);
    }

    private @Nullable Object call(int index, @Nullable Object payload, JobContext context) throws Throwable {
        if (index == interceptors.size()) {
            return handler.invocation().invoke(payload, context);
        }
        Link link = new Link(index, payload, context);
        try {
            return interceptors.get(index).intercept(link);
        } finally {
            link.used = true;
        }
    }

    /** What one interceptor sees. Used by one thread. */
    private final class Link implements JobInvocation {

        private final int index;
        private final @Nullable Object payload;
        private final JobContext context;

        /** Volatile, so that another thread is refused, too, when the call is over. */
        private volatile boolean used;

        Link(int index, @Nullable Object payload, JobContext context) {
            this.index = index;
            this.payload = payload;
            this.context = context;
        }

        @Override
        public JobContext context() {
            return context;
        }

        @Override
        public @Nullable Object payload() {
            return payload;
        }

        @Override
        public String handler() {
            return handler.description();
        }

        @Override
        public @Nullable Object proceed() throws Throwable {
            if (used) {
                throw new IllegalStateException(context + ": proceed() of "
                        + interceptors.get(index).getClass().getName()
                        + " was called twice, or after it had returned; a handler is called once an attempt");
            }
            used = true;
            return call(index + 1, payload, context);
        }
    }
}
