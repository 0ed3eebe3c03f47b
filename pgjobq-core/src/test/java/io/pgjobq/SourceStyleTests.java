package io.pgjobq;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the formatter and the compiler don't look at, in the sources of all modules. */
class SourceStyleTests {

    private static final int MAX_LINES = 400;
    private static final Set<String> SKIPPED = Set.of("target", "node_modules", "data");
    private static final Set<String> SOURCES =
            Set.of("java", "kt", "sql", "xml", "yml", "yaml", "properties", "html", "js", "css", "sh");
    // Put together here, so that this file doesn't contain them.
    private static final List<String> BANNED =
            List.of("TO" + "DO", "FIX" + "ME", "@Dis" + "abled", "Thread.sle" + "ep(");

    private static final Path REPOSITORY = repository();
    private static final List<Path> FILES = files();

    @Test
    void noFileIsLong() {
        assertThat(select(
                        file -> Set.of("java", "kt", "sql", "js").contains(extension(file)) && isSourceOfAModule(file)))
                .isNotEmpty()
                .allSatisfy(file ->
                        assertThat(read(file).lines().count()).as("lines").isLessThanOrEqualTo(MAX_LINES));
    }

    @Test
    void eachSqlFileSaysFirstWhatItDoes() {
        assertThat(select(file ->
                        extension(file).equals("sql") && file.toString().contains(path("src", "main", "resources"))))
                .allSatisfy(file -> assertThat(read(file)).startsWith("--"));
    }

    @Test
    void nothingIsLeftForLaterOrLeftToTime() {
        assertThat(select(file -> SOURCES.contains(extension(file))))
                .allSatisfy(file -> assertThat(read(file)).doesNotContain(BANNED));
    }

    @Test
    void eachTestThatThePagesNameExists() throws IOException {
        Set<String> names =
                FILES.stream().map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        for (String page : List.of(
                "guarantees.md",
                "storage-protocol.md",
                "architecture.md",
                "security.md",
                "reliability.md",
                "performance.md")) {
            String text = Files.readString(REPOSITORY.resolve("docs").resolve(page));
            Pattern.compile("\\b[A-Z]\\w+Tests\\b")
                    .matcher(text)
                    .results()
                    .forEach(named -> assertThat(names).as(page).contains(named.group() + ".java"));
        }
    }

    private static boolean isSourceOfAModule(Path file) {
        return file.toString().contains(path("src", "main")) || file.toString().contains(path("src", "test"));
    }

    private static String path(String... names) {
        return String.join(REPOSITORY.getFileSystem().getSeparator(), names);
    }

    private static List<Path> select(Predicate<Path> condition) {
        return FILES.stream().filter(condition).toList();
    }

    private static String extension(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".min.js") ? "" : name.substring(name.lastIndexOf('.') + 1);
    }

    private static String read(Path file) {
        try {
            return Files.readString(REPOSITORY.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path repository() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("pgjobq-core"))) {
            directory = Objects.requireNonNull(directory.getParent(), "no directory above holds pgjobq-core");
        }
        return directory;
    }

    private static List<Path> files() {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(REPOSITORY, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    String name = directory.getFileName().toString();
                    boolean skipped = SKIPPED.contains(name) || name.startsWith(".") && !directory.equals(REPOSITORY);
                    return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    files.add(REPOSITORY.relativize(file));
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
