package io.pgjobq.internal.schema;

import io.pgjobq.TooFewConnectionsException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;
import liquibase.Scope;
import liquibase.UpdateSummaryOutputEnum;
import liquibase.ui.UIServiceEnum;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** One run of Liquibase, with change-log tables of pgjobq's own, so that it never meets the application's. */
final class LiquibaseRun {

    private static final String LOCK_TABLE = "pgjobq_databasechangeloglock";

    private final DataSource dataSource;
    private final String schema;

    private final String changelog;

    LiquibaseRun(DataSource dataSource, String schema, String changelog) {
        this.dataSource = dataSource;
        this.schema = schema;
        this.changelog = changelog;
    }

    /**
     * Applies what is missing, on one connection, which goes back as it came. The caller sees to it that nobody else does so
     * at the same time.
     */
    void update() throws SQLException {
        try (Connection connection = open()) {
            boolean readOnly = connection.isReadOnly();
            boolean autoCommit = connection.getAutoCommit();
            connection.setReadOnly(false);
            connection.setAutoCommit(true);
            try {
                createSchema(connection);
                forgetStaleLock(connection);
                runApart(connection);
            } finally {
                connection.setAutoCommit(autoCommit);
                connection.setReadOnly(readOnly);
            }
        }
    }

    /** The caller holds a connection: a pool that has none left is too small, unless the server has refused it another. */
    private Connection open() throws SQLException {
        try {
            return dataSource.getConnection();
        } catch (SQLTransientConnectionException ex) {
            if (ex.getCause() instanceof SQLException) {
                throw ex;
            }
            throw new TooFewConnectionsException(schema, ex);
        }
    }

    /** Who may use the schema need not be allowed to create it. */
    private void createSchema(Connection connection) throws SQLException {
        try (PreparedStatement find = connection.prepareStatement("select to_regnamespace(?::text) is null")) {
            find.setString(1, schema);
            try (ResultSet row = find.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    execute(connection, "create schema if not exists " + schema);
                }
            }
        }
    }

    /** Whoever holds Liquibase's lock now is dead: its row outlives a killed process, the advisory lock does not. */
    private void forgetStaleLock(Connection connection) throws SQLException {
        execute(connection, "drop table if exists " + schema + "." + LOCK_TABLE);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void runApart(Connection connection) throws SQLException {
        try {
            CompletableFuture.runAsync(() -> run(connection), LiquibaseRun::apart)
                    .join();
        } catch (CompletionException ex) {
            Throwable cause = ex.getCause() == null ? ex : ex.getCause();
            throw new SQLException("schema '" + schema + "' can't be migrated: " + cause.getMessage(), cause);
        }
    }

    private void run(Connection connection) {
        FragmentedLiquibase liquibase = new FragmentedLiquibase();
        liquibase.setResourceLoader(new DefaultResourceLoader(LiquibaseRun.class.getClassLoader()));
        liquibase.setChangeLog("classpath:" + changelog);
        liquibase.setDataSource(new SingleConnectionDataSource(connection, true));
        liquibase.setDefaultSchema(schema);
        liquibase.setLiquibaseSchema(schema);
        liquibase.setDatabaseChangeLogTable("pgjobq_databasechangelog");
        liquibase.setDatabaseChangeLogLockTable(LOCK_TABLE);
        liquibase.setChangeLogParameters(Map.of("schema", schema));
        liquibase.setUiService(UIServiceEnum.LOGGER);
        liquibase.setShowSummaryOutput(UpdateSummaryOutputEnum.LOG);
        liquibase.setAnalyticsEnabled(false);
        try {
            Scope.child(Scope.Attr.logService, new QuietLogService(), liquibase::afterPropertiesSet);
        } catch (Exception ex) {
            throw new CompletionException(ex);
        }
    }

    /**
     * Liquibase leaves its scope on the thread that it runs on and on all that this one starts, and remembers the context
     * class loader of the first for good. So it gets a thread that ends, with the class loader that has Liquibase itself.
     */
    private static void apart(Runnable work) {
        Thread thread = new Thread(work, "pgjobq-migration");
        thread.setContextClassLoader(LiquibaseRun.class.getClassLoader());
        thread.setDaemon(true);
        thread.start();
    }
}
