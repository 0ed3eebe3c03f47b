package io.pgjobq.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ServerAddressTests {

    @Test
    void takesCredentialsOutOfTheUrlAndKeepsOtherParameters() {
        ServerAddress address =
                ServerAddress.parse("jdbc:postgresql://db:5433/admin?user=joe&sslmode=disable&password=a%26b");

        assertThat(address.username()).isEqualTo("joe");
        assertThat(address.password()).isEqualTo("a&b");
        assertThat(address.maintenanceUrl()).isEqualTo("jdbc:postgresql://db:5433/admin?sslmode=disable");
        assertThat(address.urlOf("other")).isEqualTo("jdbc:postgresql://db:5433/other?sslmode=disable");
    }

    @Test
    void leadsToTheSameDatabasesOnAnotherPort() {
        ServerAddress address = ServerAddress.parse("jdbc:postgresql://db:5433/admin?user=joe&sslmode=disable");

        assertThat(address.through("localhost", 6432).with("prepareThreshold=0").urlOf("x"))
                .isEqualTo("jdbc:postgresql://localhost:6432/x?sslmode=disable&prepareThreshold=0");
        assertThat(ServerAddress.parse("jdbc:postgresql://db").with("a=b").urlOf("x"))
                .isEqualTo("jdbc:postgresql://db/x?a=b");
    }

    @Test
    void understandsUrlsWithoutDatabaseOrHost() {
        assertThat(ServerAddress.parse("jdbc:postgresql://db").urlOf("x")).isEqualTo("jdbc:postgresql://db/x");
        assertThat(ServerAddress.parse("jdbc:postgresql://db/").maintenanceUrl())
                .isEqualTo("jdbc:postgresql://db/postgres");
        assertThat(ServerAddress.parse("jdbc:postgresql:mine").maintenanceUrl()).isEqualTo("jdbc:postgresql:mine");
    }

    @Test
    void refusesOtherDatabases() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerAddress.parse("jdbc:h2:mem:x"))
                .withMessageContaining("jdbc:h2:mem:x");
    }
}
