package io.pgjobq.reliability.pressure;

import io.pgjobq.reliability.harness.Server;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pressure 3: four long {@code REPEATABLE READ} transactions that read the queue's tables again and again. */
@Tag("alone")
class LongReadersIntegrationTests {

    private static final int READERS = 4;
    private static final int REST_SECONDS = 5;

    @Test
    void throughputHoldsWhileOthersReadTheTables() throws Exception {
        HeldSnapshot.endure(
                "pressure-3-long-readers",
                "Two busy workers while four repeatable-read transactions read the tables",
                READERS + " repeatable-read transactions over the tables for " + HeldSnapshot.DURING.toSeconds() + " s",
                stage -> new Readers(stage.server().url()));
    }

    /** One snapshot each, from the first read on until they are closed. */
    private static final class Readers implements AutoCloseable {

        private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(READERS);
        private final List<Connection> connections = new ArrayList<>();

        Readers(String url) throws SQLException {
            for (int reader = 0; reader < READERS; reader++) {
                Connection connection = DriverManager.getConnection(url, Server.USER, "");
                connections.add(connection);
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                connection.setAutoCommit(false);
                read(connection);
                threads.scheduleWithFixedDelay(() -> read(connection), reader, REST_SECONDS, TimeUnit.SECONDS);
            }
        }

        private static void read(Connection connection) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("select count(payload), max(seq) from pgjobq.job");
                statement.execute("select count(*), max(max_seq) from pgjobq.claim");
                statement.execute("select state, count(*) from pgjobq.finished_job group by state");
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            }
        }

        @Override
        public void close() throws Exception {
            threads.shutdown();
            if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a reader does not end");
            }
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }
}
