package io.pgjobq.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A PgBouncer in transaction mode in front of a server, started as a process of this run and ended by {@link #close}. Each
 * transaction of a client gets another connection to the server, if there is one, so that whoever relies on a session of his
 * own is found out.
 */
public final class PgBouncer implements AutoCloseable {

    private static final List<Path> PLACES =
            List.of(Path.of("/usr/sbin/pgbouncer"), Path.of("/usr/bin/pgbouncer"), Path.of("/usr/local/bin/pgbouncer"));

    private static final int START_SECONDS = 20;

    private final Process process;
    private final Path directory;
    private final int port;
    private final ServerAddress server;

    private PgBouncer(Process process, Path directory, int port, ServerAddress server) {
        this.process = process;
        this.directory = directory;
        this.port = port;
        this.server = server;
    }

    /** Whether the program is installed. */
    public static boolean isInstalled() {
        return PLACES.stream().anyMatch(Files::isExecutable);
    }

    /** Starts one in front of the server of a test database. */
    public static PgBouncer before(TestDatabase database) {
        return start(database.server());
    }

    static PgBouncer start(ServerAddress server) {
        Path program = PLACES.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "PgBouncer is not installed; on Debian 'apt-get install pgbouncer' does that, or leave out -D"
                                + PgBouncerMode.PROPERTY));
        try {
            Path directory = Files.createTempDirectory("pgjobq-pgbouncer");
            int port = freePort();
            Path configuration = write(directory, port, server);
            Process process = new ProcessBuilder(command(program, configuration))
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            PgBouncer started = new PgBouncer(process, directory, port, server);
            started.awaitStart();
            return started;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** It refuses to be root, but may be started by it and become another. */
    private static List<String> command(Path program, Path configuration) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(configuration.toString());
        return command;
    }

    /** The logins that tests make have their name for a password. */
    private static Path write(Path directory, int port, ServerAddress server) throws IOException {
        URI target = URI.create(server.base().substring("jdbc:".length()));
        Path users = Files.writeString(
                directory.resolve("users"), quoted(server.username()) + " " + quoted(server.password()) + "\n");
        return Files.writeString(directory.resolve("pgbouncer.ini"), """
                [databases]
                * = host=%s port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = trust
                auth_file = %s
                auth_user = %s
                auth_query = select rolname, rolname from pg_catalog.pg_roles where rolname = $1 and rolname like 'login%%'
                pool_mode = transaction
                server_round_robin = 1
                min_pool_size = 3
                default_pool_size = 30
                max_client_conn = 1000
                ignore_startup_parameters = extra_float_digits
                log_connections = 0
                log_disconnections = 0
                """.formatted(
                        target.getHost() == null ? "127.0.0.1" : target.getHost(),
                        target.getPort() < 0 ? 5432 : target.getPort(),
                        port,
                        users,
                        server.username()));
    }

    private static String quoted(String value) {
        return '"' + value.replace("\"", "\"\"") + '"';
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitStart() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                String log = Files.readString(directory.resolve("log"));
                close();
                throw new IllegalStateException("PgBouncer didn't start:\n" + log);
            }
        }
    }

    /** Waits for the process to end for a moment, if nobody answers on its port. */
    private boolean answers() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException ex) {
            CompletableFuture<Process> ended = process.onExit();
            ended.completeOnTimeout(process, 20, TimeUnit.MILLISECONDS).join();
            return false;
        }
    }

    /** The URL of a database through it, without credentials; the driver prepares nothing on the server. */
    public String jdbcUrl(TestDatabase database) {
        return address().urlOf(database.name());
    }

    ServerAddress address() {
        return server.through("127.0.0.1", port).with("prepareThreshold=0");
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(START_SECONDS, TimeUnit.SECONDS).join();
        try {
            for (String file : List.of("log", "pgbouncer.ini", "users")) {
                Files.deleteIfExists(directory.resolve(file));
            }
            Files.deleteIfExists(directory);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
