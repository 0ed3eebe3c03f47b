package io.pgjobq.internal.store;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sends jobs with keys by which they take turns. */
final class TestKeys {

    private TestKeys() {}

    /** Sends a job for each of the keys, {@code null} for none; returns their ids. */
    static List<Long> send(TestStore store, NewJob job, String type, @Nullable String... keys) {
        String[] types = new String[keys.length];
        Arrays.fill(types, type);
        byte[][] payloads = new byte[keys.length][];
        Arrays.fill(payloads, TestStore.bytes("{}"));
        return Objects.requireNonNull(store.database()
                        .alone(connection -> store.jobs()
                                .sendWithRules(
                                        connection,
                                        job,
                                        new Rules(null, null, null),
                                        new String[keys.length],
                                        keys,
                                        types,
                                        payloads)))
                .stream()
                .map(UniqueJob::id)
                .toList();
    }
}
