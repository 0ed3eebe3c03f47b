package io.pgjobq.autoconfigure;

import io.pgjobq.ListenConnectionFactory;
import io.pgjobq.internal.notify.DerivedConnections;
import io.pgjobq.properties.PgJobqProperties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Opens the listening connection where the properties say, else where the {@code DataSource} connects to. */
final class ListenConnections {

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
        return DerivedConnections.orPollOnly(
                dataSource,
                new DerivedConnections.Instead(properties.url(), properties.username(), properties.password()),
                "set pgjobq.notify.url, or pgjobq.notify.enabled=false");
    }
}
