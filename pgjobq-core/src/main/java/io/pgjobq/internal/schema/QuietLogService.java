package io.pgjobq.internal.schema;

import io.pgjobq.internal.support.Log;
import java.util.logging.Level;
import liquibase.logging.Logger;
import liquibase.logging.core.AbstractLogService;
import liquibase.logging.core.AbstractLogger;

/** Lets Liquibase speak at debug level: one line says that the schema was migrated, and what fails is thrown. */
final class QuietLogService extends AbstractLogService {

    private static final org.slf4j.Logger LOG = Log.of(LiquibaseRun.class);

    @Override
    public int getPriority() {
        return PRIORITY_NOT_APPLICABLE;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Logger getLog(Class type) {
        return new QuietLogger();
    }

    private static final class QuietLogger extends AbstractLogger {

        @Override
        public void log(Level level, String message, Throwable cause) {
            LOG.debug(message, cause);
        }
    }
}
