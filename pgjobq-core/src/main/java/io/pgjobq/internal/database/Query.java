package io.pgjobq.internal.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Binds values, runs a statement, maps its rows. Arrays of primitives travel in binary, without boxing. */
public final class Query {

    private Query() {}

    @FunctionalInterface
    public interface Mapper<T extends @Nullable Object> {

        T map(ResultSet row) throws SQLException;
    }

    public static <T extends @Nullable Object> List<T> list(
            Connection connection, String sql, @Nullable Duration limit, Mapper<T> mapper, @Nullable Object... values)
            throws SQLException {
        List<T> result = new ArrayList<>();
        run(connection, sql, limit, values, rows -> {
            while (rows.next()) {
                result.add(mapper.map(rows));
            }
        });
        return result;
    }

    public static int update(Connection connection, String sql, @Nullable Duration limit, @Nullable Object... values)
            throws SQLException {
        return run(connection, sql, limit, values, rows -> {});
    }

    @FunctionalInterface
    private interface Reader {

        void read(ResultSet rows) throws SQLException;
    }

    /** Returns how many rows were changed. The text may be several statements, which travel together. */
    private static int run(
            Connection connection, String sql, @Nullable Duration limit, @Nullable Object[] values, Reader reader)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (limit != null) {
                statement.setQueryTimeout(Math.toIntExact(Math.max(1, limit.toSeconds())));
            }
            bind(statement, values);
            int changed = 0;
            boolean rows = statement.execute();
            while (rows || statement.getUpdateCount() != -1) {
                if (rows) {
                    reader.read(statement.getResultSet());
                } else {
                    changed += statement.getUpdateCount();
                }
                rows = statement.getMoreResults();
            }
            return changed;
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
