package io.pgjobq.benchmarks.report;

import io.pgjobq.benchmarks.harness.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What the run was made on.
 *
 * @param date when it was begun, in UTC
 * @param commit the commit of the sources, if the command line gave it by {@code -Dbenchmarks.commit}
 */
public record Machine(
        String cpu,
        int cores,
        String memory,
        String kernel,
        String jdk,
        String postgres,
        String settings,
        String date,
        String commit) {

    /** Describes this machine and the server. */
    public static Machine describe(Server server) {
        return new Machine(
                line("/proc/cpuinfo", "model name", System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                line("/proc/meminfo", "MemTotal", "unknown"),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
                server.version(),
                Server.SETTINGS,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                System.getProperty("benchmarks.commit", ""));
    }

    private static String line(String file, String name, String otherwise) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse(otherwise);
        } catch (IOException ex) {
            return otherwise;
        }
    }
}
