package io.pgjobq.internal.store;

import io.pgjobq.internal.database.SqlArrays;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of a claim that is of no lane, but says something of lines: in which the jobs with these ids stand, or which are left.
 *
 * @param lines the lines
 * @param ids the ids of their jobs, or the lines of which the next job is not for this node
 * @param keys the keys of the jobs, {@code null} if the row says what is left
 */
record ClaimedLines(List<Long> lines, long[] ids, @Nullable String @Nullable [] keys) {

    static ClaimedLines read(ResultSet row) throws SQLException {
        return new ClaimedLines(
                Arrays.stream(SqlArrays.longs(row, 5)).boxed().toList(),
                SqlArrays.longs(row, 6),
                row.getObject(10) == null ? null : SqlArrays.read(row, 10, String[].class));
    }

    /** Lets the jobs know with which others they take turns, if the row says that. */
    void addTo(List<ClaimedJob> jobs) {
        if (keys == null) {
            return;
        }
        Map<Long, KeyTurn> turns = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            String key = keys[i];
            turns.put(ids[i], new KeyTurn(lines.get(i), key == null ? "" : key));
        }
        jobs.replaceAll(job -> {
            KeyTurn turn = turns.get(job.id());
            return turn == null ? job : job.with(turn);
        });
    }
}
