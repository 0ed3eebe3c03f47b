package io.pgjobq.reliability.pressure;

import io.pgjobq.reliability.harness.Server;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pressure 1: somebody's transaction is open and idle, and has a number, so that no row that died since can be removed. */
@Tag("alone")
class IdleTransactionIntegrationTests {

    @Test
    void throughputHoldsWhileATransactionIsIdle() throws Exception {
        HeldSnapshot.endure(
                "pressure-1-idle-transaction",
                "Two busy workers while a transaction is idle",
                "a transaction with a number idle for " + HeldSnapshot.DURING.toSeconds() + " s",
                stage -> open(stage.server().url()));
    }

    private static Connection open(String url) throws Exception {
        Connection connection = DriverManager.getConnection(url, Server.USER, "");
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_current_xact_id()");
        }
        return connection;
    }
}
