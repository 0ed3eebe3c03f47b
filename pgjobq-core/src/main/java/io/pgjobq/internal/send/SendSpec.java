package io.pgjobq.internal.send;

import io.pgjobq.JobSender;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.store.NewJob;
import io.pgjobq.internal.store.StoredJson;
import io.pgjobq.internal.support.LogText;
import io.pgjobq.internal.support.StorableText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How jobs are to be sent. Immutable. */
record SendSpec(
        DefaultJobSender sender,
        String queue,
        @Nullable Duration delay,
        @Nullable Instant instant,
        int priority,
        Map<String, String> attributes,
        @Nullable String type)
        implements JobSender.Spec {

    private static final Duration LONGEST_DELAY = Duration.ofDays(36_500);
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");
    static final int LONGEST_TYPE = 200;
    private static final int LARGEST_ATTRIBUTES = 64 * 1024;

    /** What the database adds to each. */
    private static final int ATTRIBUTE_OVERHEAD = 16;

    static SendSpec of(DefaultJobSender sender, String queue) {
        return new SendSpec(sender, queue, null, null, JobSender.DEFAULT_PRIORITY, Map.of(), null);
    }

    @Override
    public JobSender.Spec delay(Duration newDelay) {
        check(newDelay.compareTo(LONGEST_DELAY) <= 0, "delay must not exceed 100 years, but is " + newDelay);
        return new SendSpec(sender, queue, newDelay, null, priority, attributes, type);
    }

    @Override
    public JobSender.Spec at(Instant newInstant) {
        check(newInstant.isBefore(LATEST), "instant must be before " + LATEST + ", but is " + newInstant);
        Instant sane = newInstant.isBefore(Instant.EPOCH) ? Instant.EPOCH : newInstant;
        return new SendSpec(sender, queue, null, sane, priority, attributes, type);
    }

    @Override
    public JobSender.Spec priority(int newPriority) {
        check(
                newPriority >= 0 && newPriority <= 9,
                "priority must be from 0 (first) to 9 (last), but is " + newPriority);
        return new SendSpec(sender, queue, delay, instant, newPriority, attributes, type);
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
        return new SendSpec(sender, queue, delay, instant, priority, Map.copyOf(all), type);
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
        check(newType.length() <= LONGEST_TYPE, "type must be 1 to 200 characters, but has " + newType.length());
        check(!newType.isEmpty(), "type must be 1 to 200 characters, but is empty");
        check(
                StorableText.isStorable(newType),
                "type must not hold a NUL character or half a surrogate pair, but is '" + LogText.line(newType) + "'");
        return new SendSpec(sender, queue, delay, instant, priority, attributes, newType);
    }

    @Override
    public SentJob<Void> send(Object payload) {
        return sender.send(job(false), type, payload, Void.class);
    }

    @Override
    public <R> SentJob<R> send(Object payload, Class<R> resultType) {
        return sender.send(job(true), type, payload, resultType);
    }

    @Override
    public List<SentJob<Void>> sendAll(Collection<?> payloads) {
        return sender.sendAll(job(false), type, payloads);
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
