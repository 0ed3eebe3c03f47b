package io.pgjobq.reliability.harness;

import static org.awaitility.Awaitility.await;

import io.pgjobq.reliability.worker.WorkerApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A worker process: the application in a JVM of its own, whose log goes to a file. */
public final class Worker implements AutoCloseable {

    private final String name;
    private final Path log;
    private final Process process;

    private Worker(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /** Starts a process, without waiting for its application. */
    static Worker launch(Path log, String name, List<String> prefix, List<String> jvm, List<String> arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Quick to start and light on the two cores that everything here shares.
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(WorkerApplication.class.getName());
        command.add("--pgjobq.node.name=" + name);
        command.add("--spring.datasource.hikari.data-source-properties.ApplicationName=" + name);
        command.addAll(arguments);
        try {
            Files.createDirectories(log.getParent());
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new Worker(name, log, process);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The name by which the books and pgjobq's tables know it. */
    public String name() {
        return name;
    }

    /** Waits until its application has started. */
    public Worker awaitReady() {
        awaitLog(WorkerApplication.READY, Duration.ofSeconds(90));
        return this;
    }

    /** Waits until its log contains the text. */
    public void awaitLog(String text, Duration patience) {
        await(name + " to say '" + text + "'")
                .atMost(patience)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    if (!logged(text).isEmpty()) {
                        return true;
                    }
                    if (!process.isAlive()) {
                        throw new IllegalStateException(name + " ended before it said '" + text + "', see " + log);
                    }
                    return false;
                });
    }

    /** The lines of its log that contain the text. */
    public List<String> logged(String text) {
        return log().stream().filter(line -> line.contains(text)).toList();
    }

    /** Its log. */
    public List<String> log() {
        try {
            return Files.readAllLines(log);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The process's number. */
    public long pid() {
        return process.pid();
    }

    /** Whether the process runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** What the process has used of the processors so far. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** Ends the process as {@code kill -9} does. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(30));
    }

    /** Stops the process in the middle of whatever it does. */
    public void freeze() {
        Signals.send("STOP", process.pid());
    }

    /** Lets a stopped process go on. */
    public void thaw() {
        Signals.send("CONT", process.pid());
    }

    /** Asks the process to end in an orderly way, and waits for it. */
    public void shutDown() {
        process.destroy();
        awaitEnd(Duration.ofSeconds(60));
    }

    /** Waits for the process to end by itself. */
    public void awaitEnd(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(name + " did not end within " + patience + ", see " + log);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(30));
    }
}
