package io.pgjobq;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page for those who run it tells of each warning and each error that the sources may log. */
class LogLinesDocumentTests {

    private static final Path REPOSITORY = Path.of("..");
    private static final String LITERAL = "\"(?:[^\"\\\\]|\\\\.)*\"";
    private static final Pattern LOGGED = Pattern.compile(
            "\\blog\\.(warn|error)\\(\\s*(?<text>" + LITERAL + "(?:\\s*\\+\\s*" + LITERAL + ")*)?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern ROW = Pattern.compile("^\\| (WARN|ERROR) \\| `([^`]+)` \\|", Pattern.MULTILINE);

    @Test
    void thePageTellsOfEachWarningAndEachErrorAndOfNoOther() throws IOException {
        List<String> told = new ArrayList<>();
        Matcher row = ROW.matcher(Files.readString(REPOSITORY.resolve("docs/operations.md")));
        while (row.find()) {
            told.add(row.group(1) + " " + row.group(2));
        }
        assertThat(told).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(logged());
    }

    private static List<String> logged() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String module : List.of("pgjobq-core", "pgjobq-spring-boot-starter")) {
            try (Stream<Path> files = Files.walk(REPOSITORY.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .forEach(file -> collect(file, read(file), lines));
            }
        }
        return lines;
    }

    private static void collect(Path file, String source, List<String> lines) {
        Matcher call = LOGGED.matcher(source);
        while (call.find()) {
            assertThat(call.group("text"))
                    .as("a text in %s that can be told of", file)
                    .isNotNull();
            String text = call.group("text").replaceAll("\"\\s*\\+\\s*\"", "");
            lines.add(call.group(1).toUpperCase(Locale.ROOT) + " "
                    + text.substring(1, text.length() - 1).replace("{}", "…"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
