package io.pgjobq.handler;

import io.pgjobq.ContainerOptions;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads how long a handler's attempts may run. */
final class HandlerTimeLimit {

    private HandlerTimeLimit() {}

    /** Returns {@code null} if the annotation leaves it to the container's options. */
    static @Nullable Duration of(JobHandlerMethod method, UnaryOperator<String> resolve) {
        String text = resolve.apply(method.annotation().timeLimit()).trim();
        if (text.isEmpty()) {
            return null;
        }
        try {
            return ContainerOptions.builder()
                    .timeLimit(AnnotatedDuration.of("timeLimit", text))
                    .build()
                    .timeLimit();
        } catch (IllegalArgumentException ex) {
            throw new InvalidJobHandlerException(
                    method.fullDescription() + " can't be run so: " + ex.getMessage() + ".",
                    "Correct the timeLimit of its @JobHandler annotation.",
                    ex);
        }
    }
}
