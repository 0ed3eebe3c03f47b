package io.pgjobq.sample.exports;

import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.sample.SampleProperties;
import io.pgjobq.sample.exports.ExportRepository.Key;
import io.pgjobq.sample.exports.ExportRepository.Row;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.springframework.stereotype.Component;

/** Writes all orders into a file, and says how far it is. Nobody waits for it in a request. */
@Component
class OrderExports {

    private static final int PAGE = 100;

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader("order_number", "ordered_on", "customer", "product", "quantity", "unit_price")
            .get();

    private final ExportRepository exports;
    private final ExportFiles files;
    private final SampleProperties sample;

    OrderExports(ExportRepository exports, ExportFiles files, SampleProperties sample) {
        this.exports = exports;
        this.files = files;
        this.sample = sample;
    }

    /** Runs one job. Whoever cancels it interrupts it, and the file is not there then. */
    @JobHandler(value = "exports", timeLimit = "10m")
    void export(OrderExport export, JobContext job) throws IOException, InterruptedException {
        files.write(job.id(), writer -> write(writer, job));
    }

    private void write(Writer writer, JobContext job) throws IOException, InterruptedException {
        CSVPrinter printer = new CSVPrinter(writer, FORMAT);
        long total = exports.countOrders();
        long done = 0;
        List<Row> page = exports.ordersAfter(Key.FIRST, PAGE);
        while (!page.isEmpty()) {
            for (Row row : page) {
                printer.printRecord(row.fields());
            }
            Row last = page.get(page.size() - 1);
            done += page.size();
            // More may have been imported since they were counted.
            total = Math.max(total, done);
            job.progress(done, total, last.orderNumber());
            TimeUnit.MILLISECONDS.sleep(sample.exportPageTime().toMillis());
            page = exports.ordersAfter(last.key(), PAGE);
        }
        printer.flush();
    }
}
