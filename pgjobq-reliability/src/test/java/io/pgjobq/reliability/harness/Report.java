package io.pgjobq.reliability.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keeps a row for each scenario in a file of its own, and the table of all rows that there are. */
public final class Report {

    private static final Path ROWS = Form.OUTPUT.resolve("rows");
    private static final String HEAD = """
            | scenario | what was done | jobs | lost | ended twice / starts that nothing explains, of all repeated | recovery |
            |---|---|--:|--:|--:|---|
            """;

    private Report() {}

    /** Adds the row, or replaces that of an earlier run, and writes the table anew. */
    public static synchronized void add(String scenario, String... cells) {
        try {
            Files.createDirectories(ROWS);
            Files.writeString(ROWS.resolve(scenario), "| " + scenario + " | " + String.join(" | ", cells) + " |\n");
            List<Path> rows;
            try (Stream<Path> files = Files.list(ROWS)) {
                rows = files.sorted().toList();
            }
            Files.writeString(
                    Form.OUTPUT.resolve("table.md"),
                    HEAD + rows.stream().map(Report::read).collect(Collectors.joining()));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static String read(Path row) {
        try {
            return Files.readString(row);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
