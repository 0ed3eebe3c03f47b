package io.pgjobq.autoconfigure;

import io.pgjobq.notify.ListenConnectionFactory;
import io.pgjobq.properties.PgJobqProperties;
import io.pgjobq.store.LogText;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** Opens the listening connection where the properties say, else where the {@code DataSource} connects to. */
final class ListenConnections {

    private static final Logger LOG = LoggerFactory.getLogger(ListenConnections.class);

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
        return properties.url() == null
                ? derived(properties, dataSource).build()
                : given(properties, properties.url(), dataSource);
    }

    private static DataSource given(PgJobqProperties.Notify properties, String url, DataSource dataSource) {
        try {
            return to(url, derived(properties, dataSource));
        } catch (RuntimeException e) {
            // The DataSource does not tell its credentials; the URL or the properties have them.
            return to(url, with(properties, DataSourceBuilder.create().type(SimpleDriverDataSource.class)));
        }
    }

    private static DataSource to(String url, DataSourceBuilder<?> builder) {
        // Not the pool's driver, which may be one that wraps PostgreSQL's.
        String driver = DatabaseDriver.fromJdbcUrl(url).getDriverClassName();
        return (driver == null ? builder : builder.driverClassName(driver))
                .url(url)
                .build();
    }

    private static DataSourceBuilder<?> derived(PgJobqProperties.Notify properties, DataSource dataSource) {
        return with(properties, DataSourceBuilder.derivedFrom(dataSource).type(SimpleDriverDataSource.class));
    }

    private static DataSourceBuilder<?> with(PgJobqProperties.Notify properties, DataSourceBuilder<?> builder) {
        if (properties.username() != null) {
            builder.username(properties.username());
        }
        if (properties.password() != null) {
            builder.password(properties.password());
        }
        return builder;
    }
}
