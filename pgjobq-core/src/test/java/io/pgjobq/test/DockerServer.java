package io.pgjobq.test;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** A server in a container. */
final class DockerServer implements PostgresServer {

    private final PostgreSQLContainer container;

    private DockerServer(PostgreSQLContainer container) {
        this.container = container;
    }

    static boolean isAvailable() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    static DockerServer start(String major) {
        PostgreSQLContainer container = new PostgreSQLContainer("postgres:" + major);
        // Testcontainers would switch fsync off, but tests that kill the server rely on it.
        container.setCommand(
                "postgres", "-c", "max_connections=" + MAX_CONNECTIONS, "-c", "shared_preload_libraries=" + PRELOADED);
        container.start();
        return new DockerServer(container);
    }

    @Override
    public ServerAddress address() {
        return ServerAddress.parse(container.getJdbcUrl()).as(container.getUsername(), container.getPassword());
    }

    @Override
    public void close() {
        container.stop();
    }
}
