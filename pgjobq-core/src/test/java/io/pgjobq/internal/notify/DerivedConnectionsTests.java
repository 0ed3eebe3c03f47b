package io.pgjobq.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.PromptSockets;
import io.pgjobq.internal.notify.DerivedConnections.Instead;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

class DerivedConnectionsTests {

    /** Nobody answers there, and whoever asks is told its address. */
    private static final String URL = "jdbc:postgresql://127.0.0.1:1/shop";

    static DataSource[] telling() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(URL);
        PGSimpleDataSource simple = new PGSimpleDataSource();
        simple.setUrl(URL);
        HikariDataSource poolOfIt = new HikariDataSource();
        poolOfIt.setDataSource(simple);
        LazyConnectionDataSourceProxy lazy = new LazyConnectionDataSourceProxy();
        lazy.setTargetDataSource(pool);
        return new DataSource[] {
            pool,
            simple,
            poolOfIt,
            lazy,
            new DriverManagerDataSource(URL),
            new TransactionAwareDataSourceProxy(new DelegatingDataSource(poolOfIt)),
            opaque(pool)
        };
    }

    @ParameterizedTest
    @MethodSource("telling")
    void theServerIsAskedWhereTheDataSourceConnectsTo(DataSource dataSource) {
        assertThatThrownBy(() -> new DerivedConnections(dataSource, Instead.OF_NOTHING).open())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void aUrlOfItsOwnWins() {
        Instead other = new Instead("jdbc:postgresql://127.0.0.1:2/shop", "listener", "ear");
        for (DataSource dataSource : telling()) {
            assertThatThrownBy(() -> new DerivedConnections(dataSource, other).open())
                    .hasMessageContaining("127.0.0.1:2");
        }
        assertThat(other).asString().doesNotContain("ear");
    }

    @Test
    void whatDoesNotTellItsUrlOrHasNoDriverIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new DerivedConnections(opaque(new PGSimpleDataSource()), Instead.OF_NOTHING))
                .withMessage("it does not tell its URL");
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        new DerivedConnections(new DriverManagerDataSource("jdbc:nobody:knows"), Instead.OF_NOTHING))
                .withMessage("there is no driver for its URL");
    }

    @Test
    void aDriverOutsideOfTheApplicationCannotMakeTheSockets() {
        ClassLoader own = PromptSockets.class.getClassLoader();
        assertThat(DerivedConnections.sees(own, PromptSockets.class)).isTrue();
        assertThat(DerivedConnections.sees(new ClassLoader(own) {}, PromptSockets.class))
                .isTrue();
        assertThat(DerivedConnections.sees(own.getParent(), PromptSockets.class))
                .isFalse();
        assertThat(DerivedConnections.sees(null, PromptSockets.class)).isFalse();
    }

    /** Like what watches a pool's statements: it only can be asked what it wraps. */
    private static DataSource opaque(DataSource wrapped) {
        return (DataSource) Proxy.newProxyInstance(
                DerivedConnectionsTests.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, values) -> method.invoke(wrapped, values));
    }
}
