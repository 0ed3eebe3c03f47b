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
        // What is written outlives the server's processes; scenarios that break one have their own.
        container.setCommand(
                "postgres",
                "-c",
                "fsync=off",
                "-c",
                "max_connections=" + MAX_CONNECTIONS,
                "-c",
                "shared_preload_libraries=" + PRELOADED);
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
