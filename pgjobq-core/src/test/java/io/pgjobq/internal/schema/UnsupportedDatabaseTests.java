package io.pgjobq.internal.schema;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgjobq.UnsupportedDatabaseException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Databases that no test can start: only what they say of themselves is there. */
class UnsupportedDatabaseTests {

    @Test
    void anOldPostgresqlIsRefused() {
        SchemaMigration migration = new SchemaMigration(database("PostgreSQL", 13), "pgjobq");

        assertThatExceptionOfType(UnsupportedDatabaseException.class)
                .isThrownBy(migration::migrate)
                .withMessage("pgjobq needs PostgreSQL 14 or later, but the DataSource leads to PostgreSQL 13");
        assertThatExceptionOfType(UnsupportedDatabaseException.class).isThrownBy(migration::check);
    }

    @Test
    void anotherDatabaseIsRefused() {
        SchemaMigration migration = new SchemaMigration(database("H2", 99), "pgjobq");

        assertThatExceptionOfType(UnsupportedDatabaseException.class)
                .isThrownBy(migration::migrate)
                .withMessage("pgjobq needs PostgreSQL 14 or later, but the DataSource leads to H2");
        assertThatExceptionOfType(UnsupportedDatabaseException.class).isThrownBy(migration::check);
    }

    private static DataSource database(String product, int major) {
        DatabaseMetaData metaData = answering(
                DatabaseMetaData.class, Map.of("getDatabaseProductName", product, "getDatabaseMajorVersion", major));
        Connection connection = answering(Connection.class, Map.of("getMetaData", metaData, "close", ""));
        return answering(DataSource.class, Map.of("getConnection", connection));
    }

    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            Object answer = answers.get(method.getName());
            if (answer == null) {
                throw new UnsupportedOperationException(method.getName());
            }
            return method.getReturnType() == void.class ? null : answer;
        }));
    }
}
