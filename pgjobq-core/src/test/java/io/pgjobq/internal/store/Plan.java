package io.pgjobq.internal.store;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How the server ran one statement, as its {@code auto_explain} tells: of the stores' own statements and of those in the
 * functions that they call.
 *
 * @param text the statement
 * @param pages the pages that it touched, those of what it called included
 * @param scans the reads of tables in it
 */
record Plan(String text, long pages, List<Scan> scans) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * A read of a table.
     *
     * @param how the kind of the plan's node
     * @param condition what the index is asked for, empty if it is read from one end to the other
     */
    record Scan(String table, String how, String index, String condition) {

        /** Whether the index is asked for what its first column says. */
        boolean isBounded() {
            String first = index.endsWith("pkey") ? "id" : "queue_id";
            return Pattern.compile("\\b" + first + "\\b").matcher(condition).find();
        }
    }

    static Plan parse(String json) {
        JsonNode plan = JSON.readTree(json);
        JsonNode top = plan.path("Plan");
        List<Scan> scans = new ArrayList<>();
        collect(top, "", scans);
        return new Plan(
                plan.path("Query Text").asString(""),
                top.path("Shared Hit Blocks").asLong()
                        + top.path("Shared Read Blocks").asLong(),
                scans);
    }

    private static void collect(JsonNode node, String table, List<Scan> scans) {
        String how = node.path("Node Type").asString("");
        String read = node.path("Relation Name").asString(table);
        // A bitmap's heap scan reads what its index scans found, and those don't name the table.
        if (how.endsWith("Scan") && !read.isEmpty() && !how.equals("Bitmap Heap Scan")) {
            scans.add(new Scan(
                    read,
                    how,
                    node.path("Index Name").asString(""),
                    node.path("Index Cond").asString("")));
        }
        String below = how.startsWith("Bitmap") ? read : "";
        node.path("Plans").forEach(child -> collect(child, below, scans));
    }
}
