package io.pgjobq.sample.exports;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code order_export}, and the orders in the order of their key. */
@Repository
class ExportRepository {

    private final JdbcClient jdbc;

    ExportRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void add(long jobId) {
        jdbc.sql("insert into order_export (job_id) values (?)").param(jobId).update();
    }

    Optional<Long> latestJob() {
        return jdbc.sql("select job_id from order_export order by job_id desc limit 1")
                .query(Long.class)
                .optional();
    }

    long countOrders() {
        return jdbc.sql("select count(*) from customer_order").query(Long.class).single();
    }

    /** Returns the orders that follow the one of that key. */
    List<Row> ordersAfter(Key last, int limit) {
        return jdbc.sql("""
                        select csv_import_id, line_number, order_number, ordered_on, customer, product, quantity, unit_price
                        from customer_order where (csv_import_id, line_number) > (?, ?)
                        order by csv_import_id, line_number limit ?
                        """)
                .params(last.importId(), last.line(), limit)
                .query((row, number) -> new Row(
                        new Key(row.getLong("csv_import_id"), row.getInt("line_number")),
                        row.getString("order_number"),
                        List.of(
                                row.getString("order_number"),
                                row.getString("ordered_on"),
                                row.getString("customer"),
                                row.getString("product"),
                                row.getString("quantity"),
                                row.getString("unit_price"))))
                .list();
    }

    /** Which line of which import an order comes from. */
    record Key(long importId, int line) {

        static final Key FIRST = new Key(0, 0);
    }

    /** An order as it is written. */
    record Row(Key key, String orderNumber, List<String> fields) {}
}
