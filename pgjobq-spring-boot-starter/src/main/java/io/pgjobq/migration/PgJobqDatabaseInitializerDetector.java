package io.pgjobq.migration;

import java.util.Set;
import org.springframework.boot.sql.init.dependency.AbstractBeansOfTypeDatabaseInitializerDetector;
import org.springframework.boot.sql.init.dependency.DatabaseInitializerDetector;
import org.springframework.core.Ordered;

/** Tells Boot that {@link PgJobqMigration} initializes the database, after everything that the application brings. */
final class PgJobqDatabaseInitializerDetector extends AbstractBeansOfTypeDatabaseInitializerDetector
        implements DatabaseInitializerDetector {

    private static final int AFTER_THE_APPLICATION = Ordered.LOWEST_PRECEDENCE - 40;

    @Override
    protected Set<Class<?>> getDatabaseInitializerBeanTypes() {
        return Set.of(PgJobqMigration.class);
    }

    @Override
    public int getOrder() {
        return AFTER_THE_APPLICATION;
    }
}
