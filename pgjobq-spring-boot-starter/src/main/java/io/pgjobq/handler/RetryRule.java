package io.pgjobq.handler;

import io.pgjobq.BackOff;
import io.pgjobq.JobRetry;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one {@link JobRetry} says.
 *
 * @param includes the exceptions that it is about, none for all
 * @param excludes those that it is not about
 * @param maxAttempts how many attempts a job has, 0 for as many as its queue allows
 * @param delay the wait after the first failure, {@code null} for the queue's, as are the rest
 */
record RetryRule(
        List<Class<? extends Throwable>> includes,
        List<Class<? extends Throwable>> excludes,
        int maxAttempts,
        @Nullable Duration delay,
        @Nullable Double multiplier,
        @Nullable Duration maxDelay,
        @Nullable Double jitter) {

    /** The rule is not about an exception that is so far from its classes. */
    static final int NO_MATCH = Integer.MAX_VALUE;

    /**
     * Reads an annotation.
     *
     * @param placeholders resolves them
     * @throws IllegalArgumentException if a value can't be; the message names it
     */
    static RetryRule of(JobRetry annotation, UnaryOperator<String> placeholders) {
        if (annotation.maxAttempts() < 0 || annotation.maxAttempts() > 100) {
            throw new IllegalArgumentException("maxAttempts must be from 1 to 100, but is " + annotation.maxAttempts());
        }
        RetryRule rule = new RetryRule(
                List.of(annotation.value()),
                List.of(annotation.excludes()),
                annotation.maxAttempts(),
                duration("delay", placeholders.apply(annotation.delay())),
                annotation.multiplier() == 0 ? null : Double.valueOf(annotation.multiplier()),
                duration("maxDelay", placeholders.apply(annotation.maxDelay())),
                annotation.jitter() == -1 ? null : Double.valueOf(annotation.jitter()));
        // What is out of range is out of range whatever the queue says.
        BackOff unused = rule.backOff(BackOff.DEFAULT);
        return rule;
    }

    private static @Nullable Duration duration(String name, String text) {
        return text.isBlank() ? null : AnnotatedDuration.of(name, text.trim());
    }

    /** Returns how far the rule's nearest class is from that of the exception, {@link #NO_MATCH} if it is not about it. */
    int distance(Throwable thrown) {
        int nearest = NO_MATCH;
        for (Class<? extends Throwable> include : includes) {
            int distance = 0;
            Class<?> type = thrown.getClass();
            while (type != null && type != include) {
                type = type.getSuperclass();
                distance++;
            }
            if (type != null) {
                nearest = Math.min(nearest, distance);
            }
        }
        return nearest;
    }

    boolean holdsForTheRest() {
        return includes.isEmpty();
    }

    boolean excludes(List<Throwable> chain) {
        return chain.stream().anyMatch(thrown -> excludes.stream().anyMatch(exclude -> exclude.isInstance(thrown)));
    }

    /** Returns how long a job waits whose queue has that back-off. */
    BackOff backOff(BackOff base) {
        Duration first = delay == null ? base.delay() : delay;
        Duration longest = maxDelay == null ? longest(base.maxDelay(), first) : maxDelay;
        if (delay == null && first.compareTo(longest) > 0) {
            first = longest;
        }
        return BackOff.builder()
                .delay(first)
                .multiplier(multiplier == null ? base.multiplier() : multiplier)
                .maxDelay(longest)
                .jitter(jitter == null ? base.jitter() : jitter)
                .build();
    }

    private static Duration longest(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    @Override
    public String toString() {
        String about = holdsForTheRest()
                ? "the rest"
                : includes.stream().map(Class::getSimpleName).collect(Collectors.joining(" or "));
        String but = excludes.isEmpty()
                ? ""
                : " but " + excludes.stream().map(Class::getSimpleName).collect(Collectors.joining(" or "));
        return about + but + ": " + (maxAttempts == 1 ? "never" : how());
    }

    private String how() {
        String often = maxAttempts == 0 ? "" : "up to " + maxAttempts + " attempts";
        String when = delay == null ? "" : "first after " + delay.toMillis() + " ms";
        String both = Stream.of(often, when).filter(text -> !text.isEmpty()).collect(Collectors.joining(", "));
        return both.isEmpty() ? "as the queue says" : both;
    }
}
