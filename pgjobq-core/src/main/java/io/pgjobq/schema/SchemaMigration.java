package io.pgjobq.schema;

import javax.sql.DataSource;

/** Creates and upgrades the tables. */
public final class SchemaMigration {

    public SchemaMigration(DataSource dataSource, String schema) {}

    /**
     * Creates or upgrades the schema, one node at a time.
     *
     * @throws UnsupportedDatabaseException if the database is not PostgreSQL, or too old
     */
    public void migrate() {
        throw new UnsupportedOperationException();
    }

    /**
     * Checks the schema's version.
     *
     * @throws SchemaVersionException if it is missing or outdated
     * @throws UnsupportedDatabaseException if the database is not PostgreSQL, or too old
     */
    public void check() {
        throw new UnsupportedOperationException();
    }
}
