package io.pgjobq.benchmarks.harness;

import io.pgjobq.benchmarks.harness.Server.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads the figures before and after what is to be measured. Used by one thread. */
public final class Meter implements AutoCloseable {

    private static final String WAL_AND_COMMITS = "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn, xact_commit"
            + " from pg_stat_database where datname = current_database()";

    private static final String DEAD_ROWS = "select coalesce(sum(n_dead_tup), 0) from pg_stat_user_tables";

    private final Server server;
    private final Connection connection;
    private final List<Long> clients = new ArrayList<>();

    /** A reading of everything. */
    public record Reading(long nanos, long serverMicros, long clientMicros, long walBytes) {}

    /** What lies between two readings. */
    public record Used(double seconds, long serverMicros, long clientMicros, long walBytes) {

        /** Nothing. */
        public static final Used NOTHING = new Used(0, 0, 0, 0);

        /** Returns a part of it. */
        public Used times(double share) {
            return new Used(seconds * share, (long) (serverMicros * share), (long) (clientMicros * share), (long)
                    (walBytes * share));
        }

        /** The same use in another length of time. */
        public Used in(double otherSeconds) {
            return new Used(otherSeconds, serverMicros, clientMicros, walBytes);
        }

        /** Adds what another stretch took, as if they had followed each other. */
        public Used plus(Used other) {
            return new Used(
                    seconds + other.seconds,
                    serverMicros + other.serverMicros,
                    clientMicros + other.clientMicros,
                    walBytes + other.walBytes);
        }
    }

    /**
     * What the server counts, and tells a little late.
     *
     * @param commits how many transactions were committed, negative if that is not known
     * @param deadRows how many dead rows were left in all tables, negative if that is not known
     */
    public record Counts(long commits, long deadRows) {

        /** Stands for counts that nobody has. */
        public static final Counts UNKNOWN = new Counts(-1, -1);

        /** Leaves out the commits that had been counted before. */
        public Counts since(Counts before) {
            return new Counts(commits - before.commits, deadRows);
        }

        /** Adds commits. */
        public Counts plus(long more) {
            return new Counts(commits + more, deadRows);
        }
    }

    public Meter(Server server, Database database) {
        this.server = server;
        try {
            this.connection = database.connect();
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
        clients.add(ProcessHandle.current().pid());
    }

    /** Counts the CPU time of other processes as that of clients, from now on and for as long as they run. */
    public void addClients(List<Long> pids) {
        clients.addAll(pids);
    }

    /** Reads what can be read at once. */
    public Reading read() {
        long wal = longs(WAL_AND_COMMITS)[0];
        return new Reading(System.nanoTime(), Cpu.ofFamily(server.pid()), Cpu.of(clients), wal);
    }

    /** Returns what has been used since the reading. */
    public Used since(Reading start) {
        Reading end = read();
        return new Used(
                (end.nanos - start.nanos) / 1e9,
                end.serverMicros - start.serverMicros,
                end.clientMicros - start.clientMicros,
                end.walBytes - start.walBytes);
    }

    /** Reads what sessions report when they end: call it when nobody is connected any more. */
    public Counts counts() {
        return new Counts(longs(WAL_AND_COMMITS)[1], longs(DEAD_ROWS)[0]);
    }

    /** Lets the data reach the disk, so that no measurement pays for what was before. */
    public void checkpoint() {
        try (var statement = connection.createStatement()) {
            statement.execute("checkpoint");
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private long[] longs(String query) {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(query)) {
            result.next();
            long[] values = new long[result.getMetaData().getColumnCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = result.getLong(i + 1);
            }
            return values;
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }
}
