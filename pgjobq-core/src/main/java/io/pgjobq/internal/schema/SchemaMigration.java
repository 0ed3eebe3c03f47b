package io.pgjobq.internal.schema;

import io.pgjobq.SchemaVersionException;
import io.pgjobq.TooFewConnectionsException;
import io.pgjobq.UnsupportedDatabaseException;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.SchemaName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.springframework.dao.DataAccessException;

/**
 * Creates, upgrades and checks pgjobq's schema. Any number of nodes may do so at once: they do it one after the other, and
 * all but the first find nothing to do. Thread-safe.
 */
public final class SchemaMigration {

    /** The schema version that this release needs. */
    public static final int VERSION = 1;

    /** The oldest PostgreSQL that pgjobq works on. */
    public static final int OLDEST_POSTGRESQL = 14;

    private static final Logger LOG = Log.of(SchemaMigration.class);

    private final DataSource dataSource;
    private final String schema;

    public SchemaMigration(DataSource dataSource, String schema) {
        this.dataSource = dataSource;
        this.schema = SchemaName.valid(schema);
    }

    /**
     * Brings the schema to the version that this release needs.
     *
     * @throws UnsupportedDatabaseException if this is not PostgreSQL, or too old a one
     * @throws MigrationRefusedException if the role may not do that, or the server takes no writes
     * @throws TooFewConnectionsException if the {@code DataSource} gives only one connection at a time
     * @throws DataAccessException if the database can't be reached, or the migration fails in another way
     */
    public void migrate() {
        run(connection -> {
            requireSupported(connection);
            if (version(connection) >= VERSION) {
                return;
            }
            migrateAlone(connection);
        });
    }

    /**
     * Checks that the schema has the version that this release needs, without changing anything.
     *
     * @throws SchemaVersionException if it is missing or older
     * @throws UnsupportedDatabaseException if this is not PostgreSQL, or too old a one
     * @throws DataAccessException if the database can't be reached
     */
    public void check() {
        run(connection -> {
            requireSupported(connection);
            int found = version(connection);
            if (found < VERSION) {
                throw new SchemaVersionException(schema, found, VERSION);
            }
        });
    }

    /**
     * A transaction-scoped advisory lock serialises the nodes: unlike Liquibase's lock row it ends with its holder, and it
     * works through a transaction pooler. Liquibase works on a second connection meanwhile.
     */
    private void migrateAlone(Connection connection) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try (PreparedStatement lock =
                connection.prepareStatement("select pg_advisory_xact_lock(hashtext(?::text), 1)")) {
            lock.setString(1, "pgjobq migration " + schema);
            lock.execute();
            if (version(connection) < VERSION) {
                update();
                LOG.info("schema '{}': migrated to version {}", schema, VERSION);
            }
            connection.commit();
        } finally {
            if (!connection.isClosed()) {
                connection.rollback();
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private void update() throws SQLException {
        try {
            new LiquibaseRun(dataSource, schema, "io/pgjobq/internal/schema/changelog.yaml").update();
        } catch (SQLException ex) {
            MigrationRefusedException refused = MigrationRefusedException.in(schema, ex);
            if (refused != null) {
                throw refused;
            }
            throw ex;
        }
    }

    private int version(Connection connection) throws SQLException {
        try (PreparedStatement find = connection.prepareStatement("select to_regprocedure(?::text) is not null")) {
            find.setString(1, schema + ".version()");
            try (ResultSet row = find.executeQuery()) {
                row.next();
                if (!row.getBoolean(1)) {
                    return 0;
                }
            }
        }
        try (Statement ask = connection.createStatement();
                ResultSet row = ask.executeQuery("select " + schema + ".version()")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static void requireSupported(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        if (!"PostgreSQL".equals(product)) {
            throw new UnsupportedDatabaseException("pgjobq needs PostgreSQL " + OLDEST_POSTGRESQL
                    + " or later, but the DataSource leads to " + product);
        }
        int major = connection.getMetaData().getDatabaseMajorVersion();
        if (major < OLDEST_POSTGRESQL) {
            throw new UnsupportedDatabaseException("pgjobq needs PostgreSQL " + OLDEST_POSTGRESQL
                    + " or later, but the DataSource leads to PostgreSQL " + major);
        }
    }

    private void run(Work work) {
        try (Connection connection = dataSource.getConnection()) {
            work.on(connection);
        } catch (SQLException ex) {
            throw SqlFailures.translate(ex);
        }
    }

    @FunctionalInterface
    private interface Work {

        void on(Connection connection) throws SQLException;
    }
}
