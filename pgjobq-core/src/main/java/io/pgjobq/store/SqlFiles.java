package io.pgjobq.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The statements, one a file, read once, with the schema's name put in and the comments taken out. Thread-safe. */
final class SqlFiles {

    private final String schema;
    private final Map<String, String> statements = new ConcurrentHashMap<>();

    SqlFiles(String schema) {
        this.schema = schema;
    }

    String get(String name) {
        return statements.computeIfAbsent(name, this::read);
    }

    private String read(String name) {
        try (InputStream file = SqlFiles.class.getResourceAsStream(name + ".sql")) {
            if (file == null) {
                throw new IllegalArgumentException("no statement " + name);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("--"))
                    .collect(Collectors.joining("\n"))
                    .replace("${schema}", schema);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
