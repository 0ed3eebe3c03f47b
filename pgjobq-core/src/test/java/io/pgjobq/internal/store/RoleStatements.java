package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestRoles;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** Runs statements as one of the shipped roles, or as {@code nobody} who has none. They call the schema {@code S}. */
final class RoleStatements {

    private static final String DENIED = "42501";

    private final TestRoles roles;
    private final Map<String, TestDatabase.Login> logins = new HashMap<>();

    RoleStatements(TestRoles roles) {
        this.roles = roles;
    }

    void run(String role, String statement) throws SQLException {
        TestDatabase.Login login = logins.computeIfAbsent(
                role, key -> key.equals("nobody") ? roles.database().login() : roles.login(key));
        try (Connection connection = login.open();
                Statement open = connection.createStatement()) {
            open.execute(sql(statement));
        }
    }

    void areRefused(String role, String... statements) {
        for (String statement : statements) {
            assertThatExceptionOfType(SQLException.class)
                    .as("%s: %s", role, statement)
                    .isThrownBy(() -> run(role, statement))
                    .satisfies(ex -> assertThat(ex.getSQLState())
                            .as("%s: %s: %s", role, statement, ex.getMessage())
                            .isEqualTo(DENIED));
        }
    }

    String sql(String statement) {
        return statement
                .replaceAll("\\bS(?=[._'])", roles.schema())
                .replaceAll("schema S\\b", "schema " + roles.schema());
    }
}
