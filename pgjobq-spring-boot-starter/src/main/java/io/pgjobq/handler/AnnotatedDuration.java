package io.pgjobq.handler;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;

/** Reads durations of annotations. */
final class AnnotatedDuration {

    private AnnotatedDuration() {}

    /**
     * Reads one.
     *
     * @param name how the annotation calls it
     * @throws IllegalArgumentException if it is none
     */
    static Duration of(String name, String text) {
        try {
            return DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException(
                    name + " must be a duration such as 10s or PT10S, but is '" + text + "'", ex);
        }
    }
}
