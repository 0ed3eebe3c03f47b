package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What there was in this process and on the server at a moment, to be compared with what is there later. */
final class Footprint implements AutoCloseable {

    private static final String ON_THE_SERVER = """
            select 'connection ' || pid || ' of ''' || application_name || ''', ' || state || ': ' || query
            from pg_stat_activity
            where datname = current_database() and backend_type = 'client backend' and pid <> all ('%1$s')
            union all
            select 'advisory lock of ' || pid from pg_locks
            where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
            union all
            select 'node ' || id || ' ''' || name || '''' from %2$s.node
            union all
            select 'claim ' || id || ' of node ' || node_id from %2$s.claim""";

    private final Set<Thread> threads = Thread.getAllStackTraces().keySet();
    private final Connection observer;
    private final String schema;
    private final String connections;

    private Footprint(Connection observer, String schema) throws SQLException {
        this.observer = observer;
        this.schema = schema;
        this.connections = ask("select array_agg(pid)::text from pg_stat_activity"
                        + " where datname = current_database() and backend_type = 'client backend'")
                .get(0);
    }

    /** Takes down what there is. */
    static Footprint take(TestDatabase database, String schema) throws SQLException {
        return new Footprint(database.open(), schema);
    }

    /** Nothing else is there within that time. */
    void assertNothingStays(Duration patience) {
        await().pollInSameThread()
                .atMost(patience)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(
                        () -> assertThat(found()).as("what is left behind").isEmpty());
    }

    private List<String> found() throws SQLException {
        List<String> found = new ArrayList<>(ask(ON_THE_SERVER.formatted(connections, schema)));
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            if (!threads.contains(thread.getKey())) {
                found.add(describe(thread.getKey(), thread.getValue()));
            }
        }
        return found;
    }

    private static String describe(Thread thread, StackTraceElement[] stack) {
        return "thread '" + thread.getName() + "'"
                + Arrays.stream(stack).map(frame -> "\n    at " + frame).collect(Collectors.joining());
    }

    private List<String> ask(String sql) throws SQLException {
        List<String> answers = new ArrayList<>();
        try (Statement statement = observer.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                answers.add(rows.getString(1));
            }
        }
        return answers;
    }

    @Override
    public void close() throws SQLException {
        observer.close();
    }
}
