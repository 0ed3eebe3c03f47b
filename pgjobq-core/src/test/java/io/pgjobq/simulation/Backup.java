package io.pgjobq.simulation;

import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
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

    private static final String RELATIONS = "select c.oid::regclass::text from pg_class c where c.relkind = ? and"
            + " (c.relnamespace = 'pgjobq'::regnamespace or c.oid = 'public.effect'::regclass)"
            + " and c.relname not like 'databasechangelog%' order by 1";

    private static final String CUT_OFF = "select pg_terminate_backend(pid) from pg_stat_activity where datname ="
            + " current_database() and backend_type = 'client backend' and pid <> pg_backend_pid() and application_name <> '"
            + OBSERVER + "'";

    private final TestDatabase database;
    private final List<String> tables;
    private final List<String> sequences;

    /** The schema is there. All of it is copied: a table that were forgotten would contradict the others once they are put back. */
    Backup(TestDatabase database) throws SQLException {
        this.database = database;
        this.tables = relations("r");
        this.sequences = relations("S");
    }

    private List<String> relations(String kind) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = database.open();
                PreparedStatement statement = connection.prepareStatement(RELATIONS)) {
            statement.setString(1, kind);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return List.copyOf(names);
    }

    /** Copies what is committed. Sequences are read last: a copy never has a number that they have not reached. */
    void take() throws SQLException {
        inTransaction(statement -> {
            statement.execute("set transaction isolation level repeatable read");
            statement.execute("drop schema if exists backup cascade");
            statement.execute("create schema backup");
            for (String table : tables) {
                statement.execute("create table " + copy(table) + " as table " + table);
            }
            for (String sequence : sequences) {
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
                    statement.execute("lock table " + String.join(", ", tables) + " in access exclusive mode");
                    statement.execute("truncate " + String.join(", ", tables));
                    for (String table : tables) {
                        statement.execute(
                                "insert into " + table + " overriding system value select * from " + copy(table));
                    }
                    for (String sequence : sequences) {
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
        return "backup." + name.substring(name.lastIndexOf('.') + 1);
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
