package io.pgjobq.benchmarks.report;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.workloads.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The JSON file of a run, whole after each figure. Used by one thread. */
public final class RunFile {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path path;
    private final Run run;

    private RunFile(Path path, Run run) {
        this.path = path;
        this.run = run;
    }

    /** Creates the file of a run that begins now, named after its date. */
    public static RunFile create(
            Path directory, Machine machine, String command, Size size, Map<String, String> systems) {
        try {
            Files.createDirectories(directory);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        String name = "benchmarks-" + machine.date().replaceAll("[^0-9TZ]", "") + ".json";
        Run run = new Run(machine, command, size, systems, new ArrayList<>(), new ArrayList<>());
        RunFile file = new RunFile(directory.resolve(name), run);
        file.write();
        return file;
    }

    /** Reads the file of a run. */
    public static Run read(Path path) {
        return JSON.readValue(path, Run.class);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Adds a figure. */
    public void add(Figure figure) {
        run.figures().add(figure);
        write();
    }

    /** Adds that something could not be measured. */
    public void addFailure(String failure) {
        run.failures().add(failure);
        write();
    }

    private void write() {
        try {
            Path draft = path.resolveSibling(path.getFileName() + ".draft");
            Files.writeString(draft, JSON.writeValueAsString(run));
            Files.move(draft, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
