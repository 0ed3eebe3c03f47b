package io.pgjobq.sample.database;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * How to connect to the database. Spring closes the connection pool before this bean, since the pool depends on it, so
 * the embedded server stops last.
 */
final class SampleDatabase implements JdbcConnectionDetails, AutoCloseable {

    private final String url;
    private final @Nullable String username;
    private final @Nullable String password;
    private final @Nullable EmbeddedDatabase embedded;

    private SampleDatabase(
            String url, @Nullable String username, @Nullable String password, @Nullable EmbeddedDatabase embedded) {
        this.url = url;
        this.username = username;
        this.password = password;
        this.embedded = embedded;
    }

    static SampleDatabase given(DataSourceProperties given) {
        return new SampleDatabase(given.determineUrl(), given.determineUsername(), given.determinePassword(), null);
    }

    static SampleDatabase embedded(EmbeddedDatabase embedded) {
        return new SampleDatabase(embedded.jdbcUrl(), EmbeddedDatabase.USER, "", embedded);
    }

    @Override
    public String getJdbcUrl() {
        return url;
    }

    @Override
    public @Nullable String getUsername() {
        return username;
    }

    @Override
    public @Nullable String getPassword() {
        return password;
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
