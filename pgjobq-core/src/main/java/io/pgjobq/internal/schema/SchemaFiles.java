package io.pgjobq.internal.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The files that make the schema. What several of them, or statements of the store, have in common stands in a fragment, such
 * as the settings of functions. It is put in where its name stands: <code>${pinned}</code> is <code>fragments/pinned.sql</code>
 * without its comments. What stands in brackets behind the name is put in where the fragment says <code>$1</code>,
 * <code>$2</code> and so on. The schema's name stays as it is.
 */
public final class SchemaFiles {

    private static final Pattern FRAGMENT =
            Pattern.compile("\\$\\{(?!schema})([a-z_]+)(?:\\(((?:[^()]|\\([^()]*\\))*)\\))?}");

    private SchemaFiles() {}

    /** The text of a file, given its path below this package. */
    static String read(String path) {
        return expand(text(path));
    }

    /** The text with its fragments put in. */
    public static String expand(String sql) {
        return FRAGMENT.matcher(sql).replaceAll(use -> Matcher.quoteReplacement(fragment(use.group(1), use.group(2))));
    }

    private static String fragment(String name, @Nullable String arguments) {
        String sql = read("fragments/" + name + ".sql")
                .lines()
                .filter(line -> !line.startsWith("--"))
                .collect(Collectors.joining("\n"));
        String[] values = arguments == null ? new String[0] : arguments.split(", ");
        for (int i = 0; i < values.length; i++) {
            sql = sql.replace("$" + (i + 1), values[i]);
        }
        return sql;
    }

    private static String text(String path) {
        try (InputStream file = SchemaFiles.class.getResourceAsStream(path)) {
            if (file == null) {
                throw new IllegalStateException("no schema file " + path);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
