package io.pgjobq.internal.schema;

import io.pgjobq.internal.support.SchemaName;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The schema as a script, for those who apply it by hand. */
public final class SchemaScript {

    private static final Pattern FILE = Pattern.compile("path: ([a-z_/]+\\.sql)");

    private SchemaScript() {}

    /**
     * Returns a script for psql or any migration tool that creates everything this release needs, in a transaction that the
     * caller provides.
     *
     * @param schema the schema's name
     */
    public static String forSchema(String schema) {
        SchemaName.valid(schema);
        StringBuilder script = new StringBuilder("-- pgjobq, schema version " + SchemaMigration.VERSION + "\n\n"
                + "create schema if not exists ${schema};\n");
        Matcher file = FILE.matcher(SchemaFiles.read("changelog.yaml"));
        while (file.find()) {
            String sql = SchemaFiles.read(file.group(1)).stripTrailing();
            script.append('\n').append(sql).append(sql.endsWith(";") ? "\n" : ";\n");
        }
        return script.toString().replace("${schema}", schema);
    }

    /**
     * Returns a script for psql that creates the roles of least privilege and grants them what each needs, to be applied
     * when the schema is there, and again whenever it has been migrated, in a transaction that the caller provides. The
     * roles are called after the schema.
     *
     * @param schema the schema's name
     */
    public static String rolesFor(String schema) {
        return SchemaFiles.read("roles.sql").replace("${schema}", SchemaName.valid(schema));
    }
}
