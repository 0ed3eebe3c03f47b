package io.pgjobq.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;

/** Guards the build itself: that each execution of the contract tests runs on the PostgreSQL that it should. */
@PostgresTest
class TestDatabaseContractIntegrationTests {

    private static final int OLDEST = 14;

    @Test
    void isOnASupportedServer(TestDatabase database) {
        assertThat(database.majorVersion()).isGreaterThanOrEqualTo(OLDEST);
    }

    @Test
    void isOnTheServerThatTheBuildChose(TestDatabase database) {
        String given = System.getProperty(ServerChoice.JDBC_URL, "");
        String major = System.getProperty(ServerChoice.MAJOR, "");
        assumeThat(given.isEmpty() && !major.isEmpty())
                .as("the build chose a major version")
                .isTrue();

        assertThat(database.majorVersion()).isEqualTo(Integer.parseInt(major));
    }
}
