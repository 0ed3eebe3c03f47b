package io.pgjobq.sample.imports;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The tables {@code csv_import}, {@code customer_order} and {@code line_correction}. */
@Repository
class ImportRepository {

    private final JdbcClient jdbc;

    ImportRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    long add(String fileName, int lines) {
        return jdbc.sql("insert into csv_import (file_name, lines) values (?, ?) returning id")
                .params(fileName, lines)
                .query(Long.class)
                .single();
    }

    /** Deletes imports with all that belongs to them, and returns how many. */
    int deleteOlderThan(Duration age) {
        String old = "select id from csv_import where started_at < clock_timestamp() - ? * interval '1 second'";
        for (String table : List.of("customer_order", "line_correction")) {
            jdbc.sql("delete from " + table + " where csv_import_id in (" + old + ")")
                    .param(age.toSeconds())
                    .update();
        }
        return jdbc.sql("delete from csv_import where id in (" + old + ")")
                .param(age.toSeconds())
                .update();
    }

    void makeLenient() {
        jdbc.sql("""
                        update csv_import set lenient = true, repaired_at = coalesce(repaired_at, clock_timestamp())
                        where not lenient
                        """).update();
    }

    void correct(long importId, int line, String text) {
        jdbc.sql("""
                        insert into line_correction (csv_import_id, line_number, text) values (?, ?, ?)
                        on conflict (csv_import_id, line_number) do update set text = excluded.text
                        """).params(importId, line, text).update();
        jdbc.sql("update csv_import set repaired_at = coalesce(repaired_at, clock_timestamp()) where id = ?")
                .param(importId)
                .update();
    }

    /** Returns the corrections of the lines that have one. */
    Map<LineId, String> corrections() {
        Map<LineId, String> corrections = new HashMap<>();
        jdbc.sql("select * from line_correction").query(row -> {
            corrections.put(new LineId(row.getLong("csv_import_id"), row.getInt("line_number")), row.getString("text"));
        });
        return corrections;
    }

    Instructions instructions(long importId, int line) {
        return jdbc.sql("""
                        select csv_import.lenient, line_correction.text
                        from csv_import
                        left join line_correction
                            on line_correction.csv_import_id = csv_import.id and line_correction.line_number = ?
                        where csv_import.id = ?
                        """)
                .params(line, importId)
                .query((row, number) -> new Instructions(row.getBoolean(1), row.getString(2)))
                .single();
    }

    void store(long importId, int line, Order order, String node) {
        jdbc.sql("""
                        insert into customer_order (csv_import_id, line_number, order_number, ordered_on, customer,
                                                    email, product, quantity, unit_price, node)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                .params(
                        importId,
                        line,
                        order.number(),
                        order.orderedOn(),
                        order.customer(),
                        order.email(),
                        order.product(),
                        order.quantity(),
                        order.unitPrice(),
                        node)
                .update();
    }

    Optional<Import> latest() {
        return jdbc.sql("select * from csv_import order by id desc limit 1")
                .query((row, number) -> new Import(
                        row.getLong("id"),
                        row.getString("file_name"),
                        row.getInt("lines"),
                        row.getTimestamp("started_at").toInstant()))
                .optional();
    }

    /** Returns how many rows each copy of the sample has stored, ordered by the names of the copies. */
    List<Share> shares(long importId) {
        return jdbc.sql("""
                        select node,
                            count(*) as rows,
                            count(*) filter (where imported_at < coalesce(repaired_at, 'infinity')) as before_repairs,
                            max(imported_at) filter (where imported_at < coalesce(repaired_at, 'infinity')) as latest
                        from customer_order join csv_import on csv_import.id = csv_import_id
                        where csv_import_id = ? group by node order by node
                        """).param(importId).query(ImportRepository::share).list();
    }

    private static Share share(ResultSet row, int number) throws SQLException {
        Timestamp latest = row.getTimestamp("latest");
        return new Share(
                row.getString("node"),
                row.getLong("rows"),
                row.getLong("before_repairs"),
                latest == null ? Instant.MIN : latest.toInstant());
    }

    /** How a line is to be read: with or without repairs, and in place of which text, if any. */
    record Instructions(boolean lenient, @Nullable String correction) {}

    /** An import as it was started. */
    record Import(long id, String fileName, int lines, Instant startedAt) {}

    /** Which line of which import. */
    record LineId(long importId, int number) {}

    /**
     * What one copy of the sample has done of an import.
     *
     * @param rowsBeforeRepairs the rows that it stored before anybody ran broken lines again
     * @param latest when it stored the last of those, {@link Instant#MIN} if there are none
     */
    record Share(String node, long rows, long rowsBeforeRepairs, Instant latest) {}
}
