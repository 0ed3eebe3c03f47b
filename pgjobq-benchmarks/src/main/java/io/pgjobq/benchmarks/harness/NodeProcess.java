package io.pgjobq.benchmarks.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java process that runs a {@link NodeProgram} on this process's class path. Used by one thread. */
public final class NodeProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final List<Long> pids = new ArrayList<>();

    private NodeProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.pids.add(process.pid());
    }

    /** Starts a process, without waiting until it is ready. What it logs goes where this process's errors go. */
    public static NodeProcess launch(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(arguments);
        try {
            return new NodeProcess(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Waits until it is ready. */
    public void awaitReady() {
        try {
            String line = output.readLine();
            while (line != null && !line.startsWith(NodeProgram.READY)) {
                line = output.readLine();
            }
            if (line == null) {
                throw new IllegalStateException("process " + process.pid() + " ended before it was ready");
            }
            Arrays.stream(line.split(" ")).skip(1).map(Long::valueOf).forEach(pids::add);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its number, and those of the processes that it has started, once it is ready. */
    public List<Long> pids() {
        return pids;
    }

    /** Lets it end, without waiting for that. */
    public void end() {
        try {
            process.getOutputStream().close();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Lets it end, and waits for that. */
    @Override
    public void close() {
        end();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException ex) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
