package io.pgjobq.internal.notify;

import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.ListenConnectionFactory;
import io.pgjobq.PromptSockets;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.LogText;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Opens connections where a {@code DataSource} does, but outside of its pool. Thread-safe. */
public final class DerivedConnections implements ListenConnectionFactory {

    private static final Logger LOG = Log.of(DerivedConnections.class);

    private static final int DEEPEST = 10;

    private static final boolean HIKARI =
            ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource", DerivedConnections.class.getClassLoader());

    private final DataSource dataSource;
    private final Instead instead;

    /** What is used instead of what the {@code DataSource} tells; {@code null} for what isn't. */
    public record Instead(
            @Nullable String url,
            @Nullable String username,
            @Nullable String password) {

        public static final Instead OF_NOTHING = new Instead(null, null, null);

        /** Leaves the password out. */
        @Override
        public String toString() {
            return "Instead[url=" + url + ", username=" + username + "]";
        }
    }

    private record Target(Driver driver, String url, Properties properties) {}

    /**
     * Opens nothing yet.
     *
     * @throws IllegalStateException if the {@code DataSource} doesn't tell where it connects to
     */
    public DerivedConnections(DataSource dataSource, Instead instead) {
        this.dataSource = dataSource;
        this.instead = instead;
        target();
    }

    /**
     * Returns {@code null}, and says so once, if the {@code DataSource} doesn't tell where it connects to.
     *
     * @param wayOut what to do about it
     */
    public static @Nullable ListenConnectionFactory orPollOnly(DataSource dataSource, Instead instead, String wayOut) {
        try {
            return new DerivedConnections(dataSource, instead);
        } catch (RuntimeException ex) {
            LOG.warn(
                    "pgjobq polls only: no connection for LISTEN can be made like those of {} ({}); {}",
                    dataSource.getClass().getName(),
                    LogText.of(ex),
                    wayOut);
            return null;
        }
    }

    @Override
    public Connection open() throws SQLException {
        // Asked for each time: a pool's password may change while the application runs.
        Target target = target();
        Connection connection = target.driver().connect(target.url(), target.properties());
        if (connection == null) {
            throw new SQLException("the driver does not know the URL that the DataSource tells", "08001");
        }
        return connection;
    }

    private Target target() {
        DataSource told = telling(dataSource);
        String url = or(instead.url(), read(told, "jdbcUrl", "url"));
        if (url == null) {
            throw new IllegalStateException("it does not tell its URL");
        }
        Driver driver = driver(url);
        Properties properties = new Properties();
        if (instead.url() == null && property(told, "dataSourceProperties") instanceof Properties further) {
            properties.putAll(further);
        }
        put(properties, "user", or(instead.username(), read(told, "username", "user")));
        put(properties, "password", or(instead.password(), read(told, "password")));
        if (sees(driver.getClass().getClassLoader(), PromptSockets.class)) {
            // Where the URL names a factory of its own, the driver takes that one.
            properties.putIfAbsent("socketFactory", PromptSockets.class.getName());
        }
        return new Target(driver, url, properties);
    }

    /** Looks into what wraps another one, until one tells a URL. */
    private static DataSource telling(DataSource outermost) {
        DataSource each = outermost;
        for (int depth = 0; depth < DEEPEST && read(each, "jdbcUrl", "url") == null; depth++) {
            DataSource inner = inner(each);
            if (inner == null) {
                return each;
            }
            each = inner;
        }
        return each;
    }

    private static @Nullable DataSource inner(DataSource wrapper) {
        if (property(wrapper, "targetDataSource") instanceof DataSource target) {
            return target;
        }
        if (property(wrapper, "dataSource") instanceof DataSource target) {
            return target;
        }
        try {
            return HIKARI ? Hikari.in(wrapper) : null;
        } catch (SQLException ex) {
            return null;
        }
    }

    /** Loaded only where there is one. */
    private static final class Hikari {

        static @Nullable DataSource in(DataSource wrapper) throws SQLException {
            return !(wrapper instanceof HikariDataSource) && wrapper.isWrapperFor(HikariDataSource.class)
                    ? wrapper.unwrap(HikariDataSource.class)
                    : null;
        }
    }

    private static @Nullable String read(DataSource dataSource, String... names) {
        for (String name : names) {
            if (property(dataSource, name) instanceof String text && !text.isBlank()) {
                return text;
            }
        }
        return null;
    }

    /** Not by bean wrappers, whose caches would hold on to an application's classes. */
    private static @Nullable Object property(DataSource dataSource, String name) {
        try {
            Method getter = dataSource.getClass().getMethod("get" + StringUtils.capitalize(name));
            getter.trySetAccessible();
            return getter.invoke(dataSource);
        } catch (ReflectiveOperationException | RuntimeException ex) {
            return null;
        }
    }

    private static void put(Properties properties, String name, @Nullable String value) {
        if (value != null) {
            properties.setProperty(name, value);
        }
    }

    private static @Nullable String or(@Nullable String first, @Nullable String second) {
        return first == null ? second : first;
    }

    private static Driver driver(String url) {
        if (url.startsWith("jdbc:postgresql:")) {
            return new org.postgresql.Driver();
        }
        try {
            return DriverManager.getDriver(url);
        } catch (SQLException ex) {
            throw new IllegalStateException("there is no driver for its URL", ex);
        }
    }

    /** The driver, which makes the sockets from the name of their factory, may be the server's, and this the application's. */
    static boolean sees(@Nullable ClassLoader loader, Class<?> type) {
        ClassLoader each = loader;
        while (each != null && each != type.getClassLoader()) {
            each = each.getParent();
        }
        return each != null;
    }
}
