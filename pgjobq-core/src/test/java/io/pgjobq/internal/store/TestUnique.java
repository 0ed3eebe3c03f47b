package io.pgjobq.internal.store;

import io.pgjobq.Unique;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Sends unique jobs. */
final class TestUnique {

    private TestUnique() {}

    /** Sends a job for each payload, all with that key, in a transaction of its own. */
    static List<UniqueJob> send(TestStore store, Unique unique, String... payloads) {
        return send(store, TestStore.job(5), unique, payloads);
    }

    static List<UniqueJob> send(TestStore store, NewJob job, Unique unique, String... payloads) {
        String[] keys = new String[payloads.length];
        Arrays.fill(keys, unique.key());
        return store.database().alone(connection -> send(store, connection, job, unique, keys, payloads));
    }

    static List<UniqueJob> send(
            TestStore store, Connection connection, NewJob job, Unique unique, String[] keys, String... payloads)
            throws SQLException {
        String[] types = new String[payloads.length];
        Arrays.fill(types, "T");
        byte[][] bytes = Arrays.stream(payloads).map(TestStore::bytes).toArray(byte[][]::new);
        return Objects.requireNonNull(store.jobs()
                .sendWithRules(
                        connection, job, new Rules(unique, null, null), keys, new String[keys.length], types, bytes));
    }
}
