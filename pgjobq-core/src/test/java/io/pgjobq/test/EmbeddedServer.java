package io.pgjobq.test;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** A server started from the binaries on the class path, with an empty data directory that goes when it stops. */
final class EmbeddedServer implements PostgresServer {

    private final EmbeddedPostgres postgres;

    private EmbeddedServer(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static EmbeddedServer start() {
        try {
            // Below the user's home, because the default is shared between the users of a machine. The data directory
            // is in there too: servers left over by a killed run are stopped and removed from there by later runs.
            Path directory = Path.of(System.getProperty("user.home"), ".cache", "pgjobq", "test");
            Files.createDirectories(directory);
            return new EmbeddedServer(EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(directory.toFile())
                    .setDataDirectory(directory.resolve(UUID.randomUUID().toString()))
                    // What is written outlives the server's processes; scenarios that break one have their own.
                    .setServerConfig("fsync", "off")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("shared_preload_libraries", PRELOADED)
                    .setServerConfig("max_connections", String.valueOf(MAX_CONNECTIONS))
                    .start());
        } catch (IOException | IllegalStateException e) {
            throw new IllegalStateException(
                    "The embedded PostgreSQL didn't start. As root it needs a working 'unshare -U'; run as another user,"
                            + " or name a server with -D" + ServerChoice.JDBC_URL + "=jdbc:postgresql://...",
                    e);
        }
    }

    @Override
    public ServerAddress address() {
        return ServerAddress.parse(postgres.getJdbcUrl("postgres", "postgres"));
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
