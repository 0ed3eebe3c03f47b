package io.pgjobq.internal.support;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the schema may be called. A valid name means the same in SQL with and without quotes, so it can be put into
 * statements as it is: nothing else that somebody chose ever becomes part of a statement.
 */
public final class SchemaName {

    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]{0,47}");

    /** The words that PostgreSQL does not take for a schema's name everywhere, unless in quotes. */
    private static final Set<String> RESERVED = Set.of(
            ("all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate"
                            + " collation column concurrently constraint create cross current_catalog current_date"
                            + " current_role current_schema current_time current_timestamp current_user default"
                            + " deferrable desc distinct do else end except false fetch for foreign freeze from full"
                            + " grant group having ilike in initially inner intersect into is isnull join lateral"
                            + " leading left like limit localtime localtimestamp natural not notnull null offset on"
                            + " only or order outer overlaps placing primary references returning right select"
                            + " session_user similar some symmetric system_user table tablesample then to trailing"
                            + " true union unique user using variadic verbose when where window with"
                            // PostgreSQL takes these in most places, and not in all.
                            + " between bigint bit boolean char character coalesce dec decimal exists extract float"
                            + " greatest grouping inout int integer interval json json_array json_arrayagg json_exists"
                            + " json_object json_objectagg json_query json_scalar json_serialize json_table json_value"
                            + " least merge_action national nchar none normalize nullif numeric out overlay position"
                            + " precision real row setof smallint substring time timestamp treat trim values varchar"
                            + " xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi"
                            + " xmlroot xmlserialize xmltable")
                    .split(" "));

    private SchemaName() {}

    /**
     * Returns the name, if it is valid.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static String valid(String name) {
        String broken = brokenRule(name);
        if (broken != null) {
            throw new IllegalArgumentException("schema " + broken + ", but is '" + name + "'");
        }
        return name;
    }

    /** Returns the rule that a name breaks, {@code null} if it is valid. */
    public static @Nullable String brokenRule(String name) {
        if (!PLAIN.matcher(name).matches()) {
            return "must be 1 to 48 lower-case letters, digits or '_' and not start with a digit";
        }
        if (name.startsWith("pg_")) {
            return "must not start with 'pg_'";
        }
        return RESERVED.contains(name) ? "must not be a reserved word of SQL" : null;
    }
}
