package io.pgjobq.handler;

import io.pgjobq.ContainerOptions;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

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
            Duration limit = DurationStyle.detectAndParse(text);
            return ContainerOptions.builder().timeLimit(limit).build().timeLimit();
        } catch (IllegalArgumentException ex) {
            throw new InvalidJobHandlerException(
                    method.fullDescription() + " has the timeLimit '" + text
                            + "', which is no duration from 0 to 30 days.",
                    "Write one such as 90s or 10m.",
                    ex);
        }
    }
}
