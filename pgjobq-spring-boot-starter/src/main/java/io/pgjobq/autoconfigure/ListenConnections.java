package io.pgjobq.autoconfigure;

import io.pgjobq.notify.ListenConnectionFactory;
import io.pgjobq.notify.PromptSockets;
import io.pgjobq.properties.PgJobqProperties;
import io.pgjobq.support.Log;
import io.pgjobq.support.LogText;
import java.sql.Driver;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** Opens the listening connection where the properties say, else where the {@code DataSource} connects to. */
final class ListenConnections {

    private static final Logger LOG = Log.of(ListenConnections.class);

    private ListenConnections() {}

    /**
     * Returns {@code null} if there is no way to open one, or none is wanted.
     *
     * @param custom the application's own way, if it has one
     */
    static @Nullable ListenConnectionFactory from(
            PgJobqProperties.Notify properties, DataSource dataSource, @Nullable ListenConnectionFactory custom) {
        if (!properties.enabled() || custom != null) {
            return properties.enabled() ? custom : null;
        }
        try {
            connectable(properties, dataSource);
            // Made anew each time: a pool's password may change while the application runs.
            return () -> connectable(properties, dataSource).getConnection();
        } catch (RuntimeException e) {
            LOG.warn(
                    "pgjobq polls only: no connection for LISTEN can be made like those of {} ({}); "
                            + "set pgjobq.notify.url, or pgjobq.notify.enabled=false",
                    dataSource.getClass().getName(),
                    LogText.of(e));
            return null;
        }
    }

    private static DataSource connectable(PgJobqProperties.Notify properties, DataSource dataSource) {
        SimpleDriverDataSource connectable = properties.url() == null
                ? derived(properties, dataSource).build()
                : given(properties, properties.url(), dataSource);
        Driver driver = connectable.getDriver();
        if (driver != null && sees(driver.getClass().getClassLoader(), PromptSockets.class)) {
            Properties sockets = new Properties();
            // Where the URL names a factory of its own, the driver takes that one.
            sockets.setProperty("socketFactory", PromptSockets.class.getName());
            connectable.setConnectionProperties(sockets);
        }
        return connectable;
    }

    /** The driver, which makes the sockets from the name of their factory, may be the server's, and this the application's. */
    static boolean sees(@Nullable ClassLoader loader, Class<?> type) {
        ClassLoader each = loader;
        while (each != null && each != type.getClassLoader()) {
            each = each.getParent();
        }
        return each != null;
    }

    private static SimpleDriverDataSource given(PgJobqProperties.Notify properties, String url, DataSource dataSource) {
        try {
            return to(url, derived(properties, dataSource));
        } catch (RuntimeException e) {
            // The DataSource does not tell its credentials; the URL or the properties have them.
            return to(url, with(properties, DataSourceBuilder.create().type(SimpleDriverDataSource.class)));
        }
    }

    private static SimpleDriverDataSource to(String url, DataSourceBuilder<SimpleDriverDataSource> builder) {
        // Not the pool's driver, which may be one that wraps PostgreSQL's.
        String driver = DatabaseDriver.fromJdbcUrl(url).getDriverClassName();
        return (driver == null ? builder : builder.driverClassName(driver))
                .url(url)
                .build();
    }

    private static DataSourceBuilder<SimpleDriverDataSource> derived(
            PgJobqProperties.Notify properties, DataSource dataSource) {
        return with(properties, DataSourceBuilder.derivedFrom(dataSource).type(SimpleDriverDataSource.class));
    }

    private static DataSourceBuilder<SimpleDriverDataSource> with(
            PgJobqProperties.Notify properties, DataSourceBuilder<SimpleDriverDataSource> builder) {
        if (properties.username() != null) {
            builder.username(properties.username());
        }
        if (properties.password() != null) {
            builder.password(properties.password());
        }
        return builder;
    }
}
