package io.pgjobq.readme;

import io.pgjobq.BatchJob;
import io.pgjobq.CancelResult;
import io.pgjobq.CancelledJobs;
import io.pgjobq.DeadJobs;
import io.pgjobq.JobContext;
import io.pgjobq.JobDescription;
import io.pgjobq.JobFilter;
import io.pgjobq.JobHandler;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobPage;
import io.pgjobq.JobQuery;
import io.pgjobq.JobRetry;
import io.pgjobq.JobSchedule;
import io.pgjobq.JobSender;
import io.pgjobq.JobState;
import io.pgjobq.JobType;
import io.pgjobq.Jobs;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.Overlap;
import io.pgjobq.PayloadUpgrade;
import io.pgjobq.Rate;
import io.pgjobq.RetryDecision;
import io.pgjobq.RetryPolicy;
import io.pgjobq.SentJob;
import io.pgjobq.SnoozeException;
import io.pgjobq.Unique;
import io.pgjobq.UnknownType;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.context.annotation.Bean;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.transaction.annotation.Transactional;

/** What docs/jobs.md shows. */
class JobsSnippets {

    record Payment(long id) {}

    interface Bank {

        void charge(Payment payment) throws IOException;
    }

    @SuppressWarnings("serial")
    static class CardDeclinedException extends RuntimeException {}

    @SuppressWarnings("serial")
    static class TooManyRequestsException extends RuntimeException {

        Duration retryAfter() {
            return Duration.ofSeconds(20);
        }
    }

    static class Payments {

        private final Bank bank;

        Payments(Bank bank) {
            this.bank = bank;
        }

        @JobHandler("payments")
        @JobRetry(value = CardDeclinedException.class, maxAttempts = 1)
        @JobRetry(value = IOException.class, excludes = FileNotFoundException.class, delay = "30s", maxDelay = "1h")
        @JobRetry(maxAttempts = 3)
        void charge(Payment payment) throws IOException {
            bank.charge(payment);
        }
    }

    record Report(long id) {}

    interface Warehouse {

        boolean isReady(Report report);

        void collect(Report report);
    }

    static class Reports {

        private final Warehouse warehouse;

        Reports(Warehouse warehouse) {
            this.warehouse = warehouse;
        }

        @JobHandler("reports")
        void collect(Report report) {
            if (!warehouse.isReady(report)) {
                throw new SnoozeException(Duration.ofMinutes(5));
            }
            warehouse.collect(report);
        }
    }

    record Image(String name) {}

    interface Renderer {

        void render(Image image) throws InterruptedException;
    }

    static class Thumbnails {

        private final Renderer renderer;

        Thumbnails(Renderer renderer) {
            this.renderer = renderer;
        }

        @JobHandler(value = "thumbnails", timeLimit = "30s")
        void render(Image image) throws InterruptedException {
            renderer.render(image);
        }
    }

    record Invoice(long number) {}

    record Reindex(long id) {}

    record Offer(long id) {}

    static void deadline(JobSender jobs, Offer offer) {
        jobs.to("offers").expiresAfter(Duration.ofMinutes(10)).send(offer);
    }

    static void unique(JobSender jobs, Logger log, Invoice invoice, long number, long id) {
        SentJob<Void> sent =
                jobs.to("invoices").unique(Unique.key("invoice-" + number)).send(invoice);
        if (sent.fate() == SentJob.Fate.KEPT) {
            log.info("already there as job {}", sent.id());
        }
        jobs.to("search-index")
                .unique(Unique.key("product-" + id).untilStarted().orReplace())
                .delay(Duration.ofSeconds(5))
                .send(new Reindex(id));
    }

    static Object cancel(Jobs jobs, long id) {
        CancelResult result = jobs.cancel(id, "customer 4711 left");
        CancelledJobs all = jobs.cancelAll(JobFilter.queue("mails").attribute("tenant", "acme"), "tenant closed");
        return List.of(result, all);
    }

    record Export(long id) {}

    record Book(String title) {}

    record Summary(long written) {}

    interface Books {

        long count(Export export);

        Iterable<Book> of(Export export);
    }

    interface BookWriter {

        void write(Book book);
    }

    static class Exports {

        private final Books books;
        private final BookWriter writer;

        Exports(Books books, BookWriter writer) {
            this.books = books;
            this.writer = writer;
        }

        @JobHandler("exports")
        Summary export(Export export, JobContext job) {
            long total = books.count(export);
            long done = 0;
            for (Book book : books.of(export)) {
                writer.write(book);
                job.progress(++done, total, book.title());
            }
            return new Summary(done);
        }
    }

    interface Page {

        void show(double fraction, @Nullable String message);

        void show(JobOutcome<Summary> outcome);
    }

    static CompletableFuture<Void> progress(JobSender jobs, Export export, Page page) {
        return jobs.to("exports")
                .send(export, Summary.class)
                .completion(Duration.ofMinutes(10), progress -> page.show(progress.fraction(), progress.message()))
                .thenAccept(outcome -> page.show(outcome));
    }

    record Search(String words) {}

    static SentJob<List<Order>> generic(JobSender jobs, Search search) {
        SentJob<List<Order>> sent = jobs.to("searches").send(search, new ParameterizedTypeReference<List<Order>>() {});
        return sent;
    }

    interface Screen {

        void show(JobDescription job);
    }

    static JobDescription find(Jobs jobs, Screen screen, long id) {
        JobDescription job = jobs.find(id).orElseThrow();
        JobQuery query = JobQuery.of(JobFilter.queue("mails").attribute("tenant", "acme"))
                .states(JobState.SCHEDULED, JobState.RETRYING)
                .oldestFirst()
                .pageSize(100);
        String next = null;
        do {
            JobPage page = jobs.list(query.after(next));
            page.jobs().forEach(screen::show);
            next = page.next();
        } while (next != null);
        return job;
    }

    record Mail(String to) {}

    static long redrive(DeadJobs deadJobs, long id) {
        boolean redriven = deadJobs.redrive(id, new Mail("ada@example.org"));
        long all = deadJobs.redriveAll(
                JobFilter.queue("mails")
                        .error("SocketTimeoutException")
                        .finishedFrom(Instant.parse("2026-11-29T08:00:00Z")),
                Rate.perSecond(50));
        return redriven ? all + 1 : all;
    }

    @JobType(value = "order", version = 2, aliases = "purchase")
    record Order(String customer, long cents) {}

    static class Upgrades {

        @Bean
        PayloadUpgrade orderInCents() {
            return PayloadUpgrade.ofMap("order", 1, order -> {
                order.put("cents", Math.round((double) order.remove("amount") * 100));
                return order;
            });
        }
    }

    static class Statistics {

        @JobHandler(value = "statistics", types = "views")
        void count(Map<String, Integer> viewsOfPages) {}
    }

    static void sendMap(JobSender jobs) {
        jobs.to("statistics").type("views").send(Map.of("/index", 17));
    }

    static Object waysOut(Jobs jobs, Logger log) {
        for (UnknownType unknown : jobs.unknownTypes("orders")) {
            log.info("{} jobs of type {}, such as {}", unknown.jobs(), unknown.type(), unknown.example());
        }
        JobFilter lost = JobFilter.queue("orders").type("purchase");
        jobs.changeTypeAll(lost, "order");
        jobs.moveAll(lost, "attic");
        return jobs.cancelAll(lost, "nobody sells these any more");
    }

    interface Ledger {

        void closeUntil(Instant time);
    }

    static class NightlyWork {

        private final Ledger ledger;

        NightlyWork(Ledger ledger) {
            this.ledger = ledger;
        }

        @JobHandler("nightly")
        @JobSchedule(cron = "0 30 3 * * *", zone = "Europe/Paris", overlap = Overlap.SKIP)
        void closeDay(JobContext job) {
            ledger.closeUntil(job.scheduled().orElseThrow().time());
        }
    }

    static class Policies {

        @Bean
        RetryPolicy waitAsLongAsTheySay() {
            return (job, failure, backOff) ->
                    failure instanceof TooManyRequestsException busy ? RetryDecision.snooze(busy.retryAfter()) : null;
        }
    }

    record ImportLine(String text) {}

    interface Table {

        void insertAll(List<ImportLine> lines);
    }

    static class Imports {

        private final Table table;

        Imports(Table table) {
            this.table = table;
        }

        @Transactional
        @JobHandler(value = "imports", batchSize = 500, batchWait = "200ms")
        public void insert(List<ImportLine> lines) {
            table.insertAll(lines);
        }
    }

    record Price(String product, long cents) {}

    record Rejection(int index, String reason) {}

    interface Shop {

        List<Rejection> publish(List<Price> prices);
    }

    static class Prices {

        private final Shop shop;

        Prices(Shop shop) {
            this.shop = shop;
        }

        @JobHandler(value = "prices", batchSize = 100)
        void publish(List<BatchJob<Price>> prices) {
            for (Rejection rejection :
                    shop.publish(prices.stream().map(BatchJob::payload).toList())) {
                prices.get(rejection.index()).fail(new NonRetryableJobException(rejection.reason()));
            }
        }
    }
}
