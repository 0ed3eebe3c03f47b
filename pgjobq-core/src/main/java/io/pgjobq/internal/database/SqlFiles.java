package io.pgjobq.internal.database;

import io.pgjobq.internal.schema.SchemaFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The statements, one a file, read once, with the schema's name put in and the comments taken out. Thread-safe. */
public final class SqlFiles {

    /** Where the store keeps them. */
    private static final String FOLDER = "/io/pgjobq/internal/store/";

    private final String schema;
    private final Map<String, String> statements = new ConcurrentHashMap<>();

    public SqlFiles(String schema) {
        this.schema = schema;
    }

    public String get(String name) {
        return statements.computeIfAbsent(name, this::read);
    }

    private String read(String name) {
        try (InputStream file = SqlFiles.class.getResourceAsStream(FOLDER + name + ".sql")) {
            if (file == null) {
                throw new IllegalArgumentException("no statement " + name);
            }
            return SchemaFiles.expand(new String(file.readAllBytes(), StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("--"))
                    .collect(Collectors.joining("\n"))
                    .replace("${schema}", schema);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
