package io.pgjobq.internal.database;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;

/** Reads arrays, and makes some. */
public final class SqlArrays {

    private static final long[] NONE = {};

    private SqlArrays() {}

    /** Returns the column's numbers, none if it is null. */
    public static long[] longs(ResultSet row, int column) throws SQLException {
        Array array = row.getArray(column);
        if (array == null) {
            return NONE;
        }
        Long[] boxed = (Long[]) array.getArray();
        long[] values = new long[boxed.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = boxed[i];
        }
        return values;
    }

    /** Returns the column's elements; it must not be null. */
    public static <T> T read(ResultSet row, int column, Class<T> type) throws SQLException {
        return type.cast(row.getArray(column).getArray());
    }

    /** Returns each of the numbers once, in their order. Changes the given array; nothing is boxed. */
    public static long[] distinct(long[] values) {
        Arrays.sort(values);
        int count = 0;
        for (long value : values) {
            if (count == 0 || values[count - 1] != value) {
                values[count++] = value;
            }
        }
        return Arrays.copyOf(values, count);
    }
}
