package io.pgjobq.migration;

import io.pgjobq.TooFewConnectionsException;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.internal.support.Log;
import org.slf4j.Logger;
import org.springframework.beans.factory.InitializingBean;

/**
 * Creates, upgrades or checks the schema when the bean is initialized. Beans that use the database through JDBC or JPA
 * depend on it, and it comes after the application's own Liquibase or Flyway.
 */
public final class PgJobqMigration implements InitializingBean {

    private static final Logger LOG = Log.of(PgJobqMigration.class);

    private final Runnable action;
    private final boolean databaseRequired;

    PgJobqMigration(Runnable action, boolean databaseRequired) {
        this.action = action;
        this.databaseRequired = databaseRequired;
    }

    /**
     * Makes the bean.
     *
     * @param enabled whether the schema is created and upgraded, or only checked
     * @param databaseRequired whether a database that can't be reached is an error
     */
    public static PgJobqMigration of(SchemaMigration migration, boolean enabled, boolean databaseRequired) {
        return new PgJobqMigration(enabled ? migration::migrate : migration::check, databaseRequired);
    }

    @Override
    public void afterPropertiesSet() {
        try {
            action.run();
        } catch (TooFewConnectionsException e) {
            throw e;
        } catch (RuntimeException e) {
            ConnectionFailure failure = ConnectionFailure.in(e);
            if (failure == null) {
                throw e;
            }
            if (databaseRequired || !failure.mayPass()) {
                throw new DatabaseUnreachableException(failure, e);
            }
            LOG.warn(
                    "pgjobq starts without its database and goes on trying (pgjobq.database-required=false): {}",
                    failure.reason());
        }
    }
}
