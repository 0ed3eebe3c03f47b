package io.pgjobq.simulation;

import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A copy of all that the database holds, which can be put back while nodes live on. Whoever is connected then is cut off, and
 * nobody gets to see anything in between.
 */
final class Backup {

    /** Sessions of this name are not cut off. */
    static final String OBSERVER = "simulation observer";

    private static final String DEADLOCK = "40P01";

    private static final List<String> TABLES = List.of(
            "pgjobq.queue", "pgjobq.node", "pgjobq.claim", "pgjobq.job", "pgjobq.finished_job", "public.effect");

    private static final List<String> SEQUENCES =
            List.of("pgjobq.job_seq", "pgjobq.node_id_seq", "pgjobq.queue_id_seq");

    private static final String CUT_OFF = "select pg_terminate_backend(pid) from pg_stat_activity where datname ="
            + " current_database() and backend_type = 'client backend' and pid <> pg_backend_pid() and application_name <> '"
            + OBSERVER + "'";

    private final TestDatabase database;

    Backup(TestDatabase database) {
        this.database = database;
    }

    /** Copies what is committed. Sequences are read last: a copy never has a number that they have not reached. */
    void take() throws SQLException {
        inTransaction(statement -> {
            statement.execute("set transaction isolation level repeatable read");
            statement.execute("drop schema if exists backup cascade");
            statement.execute("create schema backup");
            for (String table : TABLES) {
                statement.execute("create table " + copy(table) + " as table " + table);
            }
            for (String sequence : SEQUENCES) {
                statement.execute(
                        "create table " + copy(sequence) + " as select last_value, is_called from " + sequence);
            }
        });
    }

    /** Puts the copy back, and returns the numbers of the jobs in it, waiting, running or ended. */
    Set<Long> putBack() throws SQLException {
        Set<Long> jobs = new HashSet<>();
        while (true) {
            try {
                inTransaction(statement -> {
                    statement.execute(CUT_OFF);
                    statement.execute("lock table " + String.join(", ", TABLES) + " in access exclusive mode");
                    statement.execute("truncate " + String.join(", ", TABLES));
                    for (String table : TABLES) {
                        statement.execute(
                                "insert into " + table + " overriding system value select * from " + copy(table));
                    }
                    for (String sequence : SEQUENCES) {
                        statement.execute(
                                "select setval('" + sequence + "', last_value, is_called) from " + copy(sequence));
                    }
                    numbers(statement, jobs);
                    statement.execute(CUT_OFF);
                });
                return jobs;
            } catch (SQLException ex) {
                if (!DEADLOCK.equals(ex.getSQLState())) {
                    throw ex;
                }
            }
        }
    }

    private static void numbers(Statement statement, Set<Long> jobs) throws SQLException {
        jobs.clear();
        try (ResultSet rows = statement.executeQuery(
                "select type::bigint from pgjobq.job union all select type::bigint from pgjobq.finished_job")) {
            while (rows.next()) {
                jobs.add(rows.getLong(1));
            }
        }
    }

    private static String copy(String name) {
        return "backup." + name.substring(name.indexOf('.') + 1);
    }

    @FunctionalInterface
    private interface Work {

        void run(Statement statement) throws SQLException;
    }

    private void inTransaction(Work work) throws SQLException {
        try (Connection connection = database.open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            work.run(statement);
            connection.commit();
        }
    }
}
