package io.pgjobq.internal.send;

import io.pgjobq.JobSender;
import io.pgjobq.SentJob;
import io.pgjobq.Unique;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.completion.ResultType;
import io.pgjobq.internal.store.NewJob;
import io.pgjobq.internal.store.StoredJson;
import io.pgjobq.internal.support.LogText;
import io.pgjobq.internal.support.StorableText;
import io.pgjobq.internal.support.StorableType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/** How jobs are to be sent. Immutable. */
record SendSpec(
        DefaultJobSender sender,
        String queue,
        @Nullable Duration delay,
        @Nullable Instant instant,
        int priority,
        Map<String, String> attributes,
        @Nullable String type,
        @Nullable Function<Object, Unique> unique,
        @Nullable Function<Object, String> key,
        @Nullable Duration expires,
        @Nullable Instant expiresAt)
        implements JobSender.Spec {

    private static final Duration LONGEST_DELAY = Duration.ofDays(36_500);
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");
    private static final int LARGEST_ATTRIBUTES = 64 * 1024;

    /** What the database adds to each. */
    private static final int ATTRIBUTE_OVERHEAD = 16;

    static SendSpec of(DefaultJobSender sender, String queue) {
        return new SendSpec(
                sender, queue, null, null, JobSender.DEFAULT_PRIORITY, Map.of(), null, null, null, null, null);
    }

    @Override
    public JobSender.Spec delay(Duration newDelay) {
        check(newDelay.compareTo(LONGEST_DELAY) <= 0, "delay must not exceed 100 years, but is " + newDelay);
        return new SendSpec(sender, queue, newDelay, null, priority, attributes, type, unique, key, expires, expiresAt);
    }

    @Override
    public JobSender.Spec at(Instant newInstant) {
        check(newInstant.isBefore(LATEST), "instant must be before " + LATEST + ", but is " + newInstant);
        Instant sane = newInstant.isBefore(Instant.EPOCH) ? Instant.EPOCH : newInstant;
        return new SendSpec(sender, queue, null, sane, priority, attributes, type, unique, key, expires, expiresAt);
    }

    @Override
    public JobSender.Spec priority(int newPriority) {
        check(
                newPriority >= 0 && newPriority <= 9,
                "priority must be from 0 (first) to 9 (last), but is " + newPriority);
        return new SendSpec(
                sender, queue, delay, instant, newPriority, attributes, type, unique, key, expires, expiresAt);
    }

    @Override
    public JobSender.Spec attribute(String name, String value) {
        return attributes(Map.of(name, value));
    }

    @Override
    public JobSender.Spec attributes(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(attributes);
        more.forEach((name, value) -> {
            check(!name.isEmpty(), "an attribute's name must not be empty");
            check(
                    StorableText.isStorable(name),
                    "an attribute's name must not hold a NUL character or half a surrogate pair, but is '"
                            + LogText.line(name) + "'");
            check(
                    StorableText.isStorable(value),
                    "attribute '" + name + "' must not hold a NUL character or half a surrogate pair");
            all.put(name, value);
        });
        int size = size(all);
        check(
                size <= LARGEST_ATTRIBUTES,
                "attributes must not take more than " + LARGEST_ATTRIBUTES + " bytes, but take " + size
                        + "; large data belongs in the payload");
        return new SendSpec(
                sender, queue, delay, instant, priority, Map.copyOf(all), type, unique, key, expires, expiresAt);
    }

    private static int size(Map<String, String> attributes) {
        long size = 0;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            size += bytes(attribute.getKey()) + bytes(attribute.getValue()) + ATTRIBUTE_OVERHEAD;
        }
        return (int) Math.min(Integer.MAX_VALUE, size);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public JobSender.Spec type(String newType) {
        try {
            StorableType.checked(newType);
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException("queue '" + queue + "': " + ex.getMessage(), ex);
        }
        return new SendSpec(
                sender, queue, delay, instant, priority, attributes, newType, unique, key, expires, expiresAt);
    }

    @Override
    public JobSender.Spec unique(Unique newUnique) {
        return uniqueBy(payload -> newUnique);
    }

    @Override
    public JobSender.Spec uniqueBy(Function<Object, Unique> newUnique) {
        return new SendSpec(
                sender, queue, delay, instant, priority, attributes, type, newUnique, key, expires, expiresAt);
    }

    @Override
    public JobSender.Spec key(String newKey) {
        TurnKey.checked(queue, newKey);
        return keyBy(payload -> newKey);
    }

    @Override
    public JobSender.Spec keyBy(Function<Object, String> newKey) {
        return new SendSpec(
                sender, queue, delay, instant, priority, attributes, type, unique, newKey, expires, expiresAt);
    }

    @Override
    public JobSender.Spec expiresAfter(Duration time) {
        check(
                time.toMillis() >= 1 && time.compareTo(LONGEST_DELAY) <= 0,
                "a deadline must be from 1 ms to 100 years away, but is " + time);
        return new SendSpec(sender, queue, delay, instant, priority, attributes, type, unique, key, time, null);
    }

    @Override
    public JobSender.Spec expiresAt(Instant newInstant) {
        check(newInstant.isBefore(LATEST), "a deadline must be before " + LATEST + ", but is " + newInstant);
        Instant sane = newInstant.isBefore(Instant.EPOCH) ? Instant.EPOCH : newInstant;
        return new SendSpec(sender, queue, delay, instant, priority, attributes, type, unique, key, null, sane);
    }

    @Override
    public SentJob<Void> send(Object payload) {
        return send(job(false), payload, ResultType.NONE);
    }

    @Override
    public <R> SentJob<R> send(Object payload, Class<R> resultType) {
        return send(job(true), payload, new ResultType(resultType));
    }

    @Override
    public <R> SentJob<R> send(Object payload, ParameterizedTypeReference<R> resultType) {
        return send(job(true), payload, ResultType.of("queue '" + queue + "'", resultType.getType()));
    }

    /** @param resultType that of R */
    private <R> SentJob<R> send(NewJob job, Object payload, ResultType resultType) {
        return hasRules()
                ? sender.<R>sendWithRules(job, type, Collections.singletonList(payload), rules(), resultType)
                        .get(0)
                : sender.send(job, type, payload, resultType);
    }

    @Override
    public List<SentJob<Void>> sendAll(Collection<?> payloads) {
        return hasRules()
                ? sender.sendWithRules(job(false), type, payloads, rules(), ResultType.NONE)
                : sender.sendAll(job(false), type, payloads);
    }

    private boolean hasRules() {
        return unique != null || key != null || expires != null || expiresAt != null;
    }

    private RuledSend.Wanted rules() {
        return new RuledSend.Wanted(unique, key, expires == null ? null : expires.toMillis(), expiresAt);
    }

    private NewJob job(boolean awaited) {
        if (!StorableText.isStorable(queue)) {
            throw new UnknownQueueException(queue);
        }
        return new NewJob(
                queue,
                priority,
                delay == null ? null : Math.max(0, delay.toMillis()),
                instant,
                StoredJson.write(attributes),
                awaited);
    }

    private void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException("queue '" + queue + "': " + message);
        }
    }
}
