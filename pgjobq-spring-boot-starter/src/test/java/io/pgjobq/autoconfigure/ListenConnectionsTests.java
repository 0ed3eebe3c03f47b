package io.pgjobq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.ListenConnectionFactory;
import io.pgjobq.PromptSockets;
import io.pgjobq.properties.PgJobqProperties.Notify;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ListenConnectionsTests {

    private static final Notify DEFAULT = new Notify(true, null, null, null);

    /** Opens nothing and notes what it was asked for. */
    public static class NotingDriver implements Driver {

        static final List<String> ASKED = new ArrayList<>();

        static final List<String> SOCKETS = new ArrayList<>();

        @Override
        public Connection connect(String url, Properties info) {
            ASKED.add(info.getProperty("user") + ":" + info.getProperty("password") + "@" + url);
            SOCKETS.add(info.getProperty("socketFactory", "the driver's own"));
            return mock(Connection.class);
        }

        @Override
        public boolean acceptsURL(String url) {
            return url.startsWith("jdbc:noting:");
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 0;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException();
        }
    }

    private static final Driver DRIVER = new NotingDriver();

    private final HikariDataSource pool = new HikariDataSource();

    @BeforeAll
    static void registerDriver() throws SQLException {
        DriverManager.registerDriver(DRIVER);
    }

    @AfterAll
    static void deregisterDriver() throws SQLException {
        DriverManager.deregisterDriver(DRIVER);
    }

    @BeforeEach
    void preparePool() {
        NotingDriver.ASKED.clear();
        NotingDriver.SOCKETS.clear();
        pool.setDriverClassName(NotingDriver.class.getName());
        pool.setJdbcUrl("jdbc:noting:shop");
        pool.setUsername("app");
        pool.setPassword("secret");
    }

    @Test
    void aPoolIsLeftAloneAndItsServerAskedForAConnection() throws SQLException {
        open(ListenConnections.from(DEFAULT, pool, null));
        assertThat(NotingDriver.ASKED).containsExactly("app:secret@jdbc:noting:shop");
        assertThat(pool.getHikariPoolMXBean()).isNull();
    }

    @Test
    void aPasswordThatChangesIsUsedFromThenOn() throws SQLException {
        ListenConnectionFactory connections = ListenConnections.from(DEFAULT, pool, null);
        pool.setPassword("rotated");
        open(connections);
        assertThat(NotingDriver.ASKED).containsExactly("app:rotated@jdbc:noting:shop");
    }

    @Test
    void credentialsOfItsOwnReplaceThoseOfThePool() throws SQLException {
        open(ListenConnections.from(new Notify(true, null, "listener", "ear"), pool, null));
        assertThat(NotingDriver.ASKED).containsExactly("listener:ear@jdbc:noting:shop");
    }

    @Test
    void theConnectionHandsOutNotificationsWithoutDelay() throws SQLException {
        open(ListenConnections.from(DEFAULT, pool, null));
        open(ListenConnections.from(new Notify(true, "jdbc:noting:direct", null, null), pool, null));
        assertThat(NotingDriver.SOCKETS).containsExactly(PromptSockets.class.getName(), PromptSockets.class.getName());
    }

    @Test
    void aFactoryOfTheApplicationWins() {
        ListenConnectionFactory own = () -> mock(Connection.class);
        assertThat(ListenConnections.from(DEFAULT, pool, own)).isSameAs(own);
    }

    @Test
    void withoutNotificationsThereIsNoConnectionEvenWithAFactoryOfTheApplication() {
        Notify disabled = new Notify(false, null, null, null);
        assertThat(ListenConnections.from(disabled, pool, () -> mock(Connection.class)))
                .isNull();
    }

    @Test
    void aDataSourceThatDoesNotTellItsUrlIsPolledAndThePropertyIsNamed(CapturedOutput output) {
        assertThat(ListenConnections.from(DEFAULT, mock(DataSource.class), null))
                .isNull();
        assertThat(output).containsOnlyOnce("pgjobq polls only").contains("pgjobq.notify.url");
    }

    @Test
    void aUrlOfItsOwnNeedsNothingFromTheDataSource(CapturedOutput output) {
        Notify own = new Notify(true, "jdbc:postgresql://direct:5432/shop", "listener", "ear");
        assertThat(ListenConnections.from(own, mock(DataSource.class), null)).isNotNull();
        assertThat(output).doesNotContain("polls only");
    }

    @Test
    void thePasswordIsNotShownWithTheProperties() {
        assertThat(new Notify(true, "jdbc:postgresql:shop", "app", "secret"))
                .asString()
                .doesNotContain("secret");
    }

    private static void open(ListenConnectionFactory connections) throws SQLException {
        assertThat(connections).isNotNull();
        connections.open().close();
    }
}
