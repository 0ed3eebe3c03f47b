package io.pgjobq.internal.schema;

import io.pgjobq.test.TestDatabase;
import java.util.List;
import java.util.Objects;

/** What a schema holds, as PostgreSQL describes it, with the schema's name taken out. */
final class Catalog {

    private static final String RELATIONS = "select string_agg(concat_ws(' ', c.relkind, c.relname, c.reloptions::text,"
            + " coalesce((select string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,"
            + " a.attidentity, a.attstorage, pg_get_expr(d.adbin, d.adrelid)), ', ' order by a.attname)"
            + " from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum"
            + " where a.attrelid = c.oid and a.attnum > 0), '')), E'\\n' order by c.relname)";

    private static final String CONSTRAINTS =
            "select string_agg(concat_ws(' ', c.relname, n.conname, pg_get_constraintdef(n.oid)), E'\\n'"
                    + " order by c.relname, n.conname)";

    private static final String INDEXES =
            "select string_agg(pg_get_indexdef(i.indexrelid), E'\\n' order by c.relname, i.indexrelid::regclass::text)";

    private static final String FUNCTIONS =
            "select string_agg(pg_get_functiondef(p.oid), E'\\n' order by p.proname) from pg_proc p";

    private static final String VIEWS =
            "select string_agg(c.relname || pg_get_viewdef(c.oid), E'\\n' order by c.relname) from pg_class c";

    private Catalog() {}

    static List<String> of(TestDatabase server, String schema) {
        String ours = " where c.relnamespace = '" + schema + "'::regnamespace"
                + " and c.relname not like 'pgjobq_databasechangelog%'";
        return List.of(
                read(server, schema, RELATIONS + " from pg_class c" + ours),
                read(
                        server,
                        schema,
                        CONSTRAINTS + " from pg_constraint n join pg_class c on c.oid = n.conrelid" + ours),
                read(server, schema, INDEXES + " from pg_index i join pg_class c on c.oid = i.indrelid" + ours),
                read(server, schema, FUNCTIONS + " where p.pronamespace = '" + schema + "'::regnamespace"),
                read(server, schema, VIEWS + ours + " and c.relkind = 'v'"));
    }

    private static String read(TestDatabase server, String schema, String query) {
        return Objects.requireNonNull(server.queryOne(query, String.class))
                .replaceAll("\\b" + schema + "(?=[._]|\\b)", "S");
    }
}
