package io.pgjobq.application;

import io.pgjobq.autoconfigure.PgJobqAutoConfiguration;
import io.pgjobq.test.TestDatabase;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;

/** Applications with pgjobq and JDBC, and nothing else. */
final class Applications {

    static {
        // Liquibase logs to java.util.logging, which only a SpringApplication would bridge.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private Applications() {}

    /** An application on a database that nothing is known of. */
    static ApplicationContextRunner withoutDatabase() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        LifecycleAutoConfiguration.class,
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class,
                        JdbcClientAutoConfiguration.class,
                        JacksonAutoConfiguration.class,
                        PgJobqAutoConfiguration.class));
    }

    /** An application on the database, with a schema of its own for each test that names one. */
    static ApplicationContextRunner on(TestDatabase database, String schema) {
        return withoutDatabase().withPropertyValues(properties(database, schema));
    }

    /** Behind PgBouncer an application has to be told where it can listen. */
    private static String notifications(TestDatabase database) {
        if (!database.isListenedTo()) {
            return "pgjobq.notify.enabled=false";
        }
        return database.isPooled() ? "pgjobq.notify.url=" + database.directUrl() : "pgjobq.notify.enabled=true";
    }

    static String[] properties(TestDatabase database, String schema) {
        return new String[] {
            "spring.datasource.url=" + database.jdbcUrl(),
            "spring.datasource.username=" + database.username(),
            "spring.datasource.password=" + database.password(),
            "spring.datasource.hikari.maximum-pool-size=5",
            notifications(database),
            "pgjobq.schema=" + schema,
            "pgjobq.poll-interval=200ms",
            "pgjobq.node.timeout=10s"
        };
    }
}
