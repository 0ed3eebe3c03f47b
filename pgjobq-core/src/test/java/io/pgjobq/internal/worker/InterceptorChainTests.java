package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.pgjobq.Handler;
import io.pgjobq.JobContext;
import io.pgjobq.JobInterceptor;
import io.pgjobq.JobInvocation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InterceptorChainTests extends RunnerFixture {

    private final List<String> calls = new ArrayList<>();
    private final JobContext context = attempt(job(PAYLOAD));

    @Test
    void theFirstInterceptorIsOutermostAndEachSeesTheCallAndTheResult() throws Throwable {
        Object result = call(saying("outer"), saying("inner"));
        assertThat(result).isEqualTo("(result)");
        assertThat(calls)
                .containsExactly(
                        "outer before payload of handler in 1",
                        "inner before payload of handler in 1",
                        "handler",
                        "inner after result",
                        "outer after result");
    }

    @Test
    void whatAnInterceptorReturnsIsTheResult() throws Throwable {
        assertThat(call(invocation -> "other " + invocation.proceed())).isEqualTo("other (result)");
    }

    @Test
    void anInterceptorSeesTheFailureAndMayThrowAnother() {
        IllegalArgumentException failure = new IllegalArgumentException("of the handler");
        AtomicReference<Throwable> seen = new AtomicReference<>();
        JobInterceptor interceptor = invocation -> {
            try {
                return invocation.proceed();
            } catch (IllegalArgumentException ex) {
                seen.set(ex);
                throw new UnsupportedOperationException(ex);
            }
        };
        Handler handler = handler((payload, job) -> {
            throw failure;
        });
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> around(handler, interceptor).invocation().invoke("payload", context));
        assertThat(seen).hasValue(failure);
    }

    @Test
    void theHandlerIsNotCalledTwice() {
        assertThatIllegalStateException()
                .isThrownBy(() -> call(invocation -> {
                    invocation.proceed();
                    return invocation.proceed();
                }))
                .withMessageContaining("queue 'work' job 1")
                .withMessageContaining("a handler is called once an attempt");
        assertThat(calls).containsExactly("handler");
    }

    @Test
    void theHandlerIsNotCalledWhenTheInterceptorHasReturned() throws Throwable {
        AtomicReference<@Nullable JobInvocation> kept = new AtomicReference<>();
        call(invocation -> {
            kept.set(invocation);
            return null;
        });
        JobInvocation late = kept.get();
        assertThat(late).isNotNull();
        assertThatIllegalStateException().isThrownBy(late::proceed);
        assertThat(calls).isEmpty();
    }

    @Test
    void aHandlerWithoutInterceptorsIsItself() {
        Handler handler = handler((payload, job) -> null);
        assertThat(InterceptorChain.around(handler, List.of())).isSameAs(handler);
    }

    @Test
    void allElseOfTheHandlerStays() {
        Handler handler = handler((payload, job) -> null);
        Handler around = around(handler, JobInvocation::proceed);
        assertThat(around)
                .usingRecursiveComparison()
                .ignoringFields("invocation")
                .isEqualTo(handler);
    }

    private JobInterceptor saying(String name) {
        return invocation -> {
            calls.add(name + " before " + invocation.payload() + " of " + invocation.handler() + " in "
                    + invocation.context().id());
            Object result = invocation.proceed();
            calls.add(name + " after result");
            return result;
        };
    }

    private @Nullable Object call(JobInterceptor... interceptors) throws Throwable {
        Handler handler = handler((payload, job) -> {
            calls.add("handler");
            return "(result)";
        });
        Handler named = new Handler("handler", handler.payloadType(), handler.types(), null, handler.invocation());
        return around(named, interceptors).invocation().invoke("payload", context);
    }

    private static Handler around(Handler handler, JobInterceptor... interceptors) {
        return InterceptorChain.around(handler, List.of(interceptors));
    }
}
