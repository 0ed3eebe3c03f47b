package io.pgjobq.benchmarks.systems;

import io.pgjobq.JobHandler;
import io.pgjobq.JobQueues;
import io.pgjobq.JobSender;
import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Server.Database;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** pgjobq as its users have it: a Spring Boot application on the starter, with a {@code @JobHandler} method. */
public record PgJobQSystem(boolean history) implements QueueSystem {

    /** The queue of all benchmarks. */
    public static final String QUEUE = "benchmark";

    /** The payload, written and read as JSON. */
    public record Letter(String text) {}

    @Override
    public String name() {
        return history ? "pgjobq-history" : "pgjobq";
    }

    @Override
    public String description() {
        return "pgjobq, whole starter, defaults"
                + (history ? " (history of a day)" : " but no history of succeeded jobs");
    }

    @Override
    public void install(Database database) {
        open(database, ClientOptions.SENDER, new String[0], context -> {}).close();
    }

    @Override
    public PgJobQClient open(Database database, ClientOptions options, Ledger ledger) {
        return open(database, options, ledger, new String[0]);
    }

    /** The same with more properties. */
    public PgJobQClient open(Database database, ClientOptions options, Ledger ledger, String... properties) {
        return open(database, options, properties, context -> {
            if (options.handles()) {
                Work work = new Work(ledger, options.work());
                ((GenericApplicationContext) context).registerBean(Handler.class, () -> new Handler(work));
            }
        });
    }

    /** The same with a handler that gives back what it gets, as the job's result. */
    public PgJobQClient openEcho(Database database, String... properties) {
        return open(
                database,
                ClientOptions.WORKER,
                properties,
                context -> ((GenericApplicationContext) context).registerBean(Echo.class));
    }

    /** The same with a handler that inserts a row for each job, one by one or in batches. */
    public PgJobQClient openImport(Database database, Ledger ledger, boolean inBatches) {
        return open(
                database,
                ClientOptions.WORKER,
                new String[] {"spring.datasource.hikari.maximum-pool-size=15"},
                context -> {
                    if (inBatches) {
                        ((GenericApplicationContext) context)
                                .registerBean(
                                        Imports.InBatches.class,
                                        () -> new Imports.InBatches(ledger, context.getBean(JdbcTemplate.class)));
                    } else {
                        ((GenericApplicationContext) context)
                                .registerBean(
                                        Imports.OneByOne.class,
                                        () -> new Imports.OneByOne(ledger, context.getBean(JdbcTemplate.class)));
                    }
                });
    }

    private PgJobQClient open(
            Database database,
            ClientOptions options,
            String[] more,
            ApplicationContextInitializer<ConfigurableApplicationContext> handlers) {
        List<String> properties = new ArrayList<>(List.of(
                "spring.main.banner-mode=off",
                "spring.datasource.url=" + database.url(),
                "spring.threads.virtual.enabled=" + options.virtualThreads(),
                "pgjobq.queues." + QUEUE + ".history.succeeded=" + (history ? "24h" : "0")));
        if (options.concurrency() > 0) {
            properties.add("pgjobq.defaults.concurrency=" + options.concurrency());
        }
        properties.addAll(List.of(more));
        return new PgJobQClient(new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(properties.toArray(String[]::new))
                .initializers(handlers)
                .run());
    }

    @Override
    public String unfinished() {
        return "select count(*) from pgjobq.job";
    }

    /** An application with nothing in it. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    /** A bean as a user writes it. */
    static class Handler {

        private final Work work;

        Handler(Work work) {
            this.work = work;
        }

        @JobHandler(QUEUE)
        void handle(Letter letter) {
            work.run(letter.text());
        }
    }

    /** A bean whose method has a result. */
    static class Echo {

        @JobHandler(QUEUE)
        Letter handle(Letter letter) {
            return letter;
        }
    }

    /** A running application. */
    public record PgJobQClient(
            ConfigurableApplicationContext context, JobSender sender, TransactionTemplate transactions)
            implements Client {

        PgJobQClient(ConfigurableApplicationContext context) {
            this(context, context.getBean(JobSender.class), context.getBean(TransactionTemplate.class));
        }

        /** Lets no node take jobs. */
        public void pause() {
            context.getBean(JobQueues.class).pause(QUEUE);
        }

        /** Lets all nodes take jobs. */
        public void resume() {
            context.getBean(JobQueues.class).resume(QUEUE);
        }

        @Override
        public long sendTimed(String payload) {
            CommitTime commit = new CommitTime();
            transactions.executeWithoutResult(status -> {
                TransactionSynchronizationManager.registerSynchronization(commit);
                send(payload);
            });
            return commit.nanos;
        }

        @Override
        public void send(String payload) {
            sender.send(QUEUE, new Letter(payload));
        }

        @Override
        public void sendAll(List<String> payloads) {
            sender.sendAll(QUEUE, payloads.stream().map(Letter::new).toList());
        }

        @Override
        public void close() {
            context.close();
        }
    }

    /** Notes when a transaction has committed, before anybody else hears of it. */
    private static final class CommitTime implements TransactionSynchronization {

        private long nanos;

        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }

        @Override
        public void afterCommit() {
            nanos = System.nanoTime();
        }
    }
}
