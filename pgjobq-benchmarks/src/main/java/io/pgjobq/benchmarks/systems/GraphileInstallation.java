package io.pgjobq.benchmarks.systems;

import io.pgjobq.benchmarks.harness.Server.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where npm has put graphile-worker and the Node that it needs, which is newer than that of most machines. Both are
 * installed once, in the versions that {@code package.json} names.
 */
final class GraphileInstallation {

    private static final Path HOME =
            Path.of(System.getProperty("user.home"), ".cache", "pgjobq", "benchmarks", "graphile-0.18.0");

    private static final String SCRIPT = "worker.js";

    private static final List<String> FILES = List.of("package.json", SCRIPT);

    private static final Path NODE = HOME.resolve(Path.of("node_modules", "node", "bin", "node"));

    private static final Path LIBRARY = HOME.resolve(Path.of("node_modules", "graphile-worker", "package.json"));

    private GraphileInstallation() {}

    /** Installs what is not there; returns why that was not possible, or {@code null}. */
    static @Nullable String ensure() {
        try {
            Files.createDirectories(HOME);
            for (String file : FILES) {
                copy(file);
            }
            if (installed()) {
                return null;
            }
            int code = npmInstall();
            return code == 0 && installed()
                    ? null
                    : "npm could not install graphile-worker (exit code " + code + "); see " + log();
        } catch (IOException ex) {
            return "npm is not there (" + ex.getMessage() + "); install Node.js to measure graphile-worker";
        }
    }

    private static boolean installed() {
        return Files.isExecutable(NODE) && Files.exists(LIBRARY);
    }

    private static Path log() {
        return HOME.resolve("npm.log");
    }

    private static void copy(String file) throws IOException {
        try (InputStream content =
                Objects.requireNonNull(GraphileInstallation.class.getResourceAsStream("/graphile/" + file), file)) {
            Files.copy(content, HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static int npmInstall() throws IOException {
        Process npm = new ProcessBuilder("npm", "install", "--no-package-lock", "--no-audit", "--no-fund")
                .directory(HOME.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        return await(npm, 300);
    }

    /** Starts the script; what it logs goes to the standard error of this process. */
    static Process start(Database database, String... arguments) {
        List<String> command = new ArrayList<>(List.of(NODE.toString(), SCRIPT, database.uri()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(HOME.toFile()).redirectError(Redirect.INHERIT);
        builder.environment().put("NODE_ENV", "production");
        builder.environment().put("NO_LOG_SUCCESS", "1");
        try {
            return builder.start();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Waits for the end of the process and returns its exit code. */
    static int await(Process process, int seconds) {
        try {
            if (process.waitFor(seconds, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new IllegalStateException("process " + process.pid() + " did not end within " + seconds + " s");
    }
}
