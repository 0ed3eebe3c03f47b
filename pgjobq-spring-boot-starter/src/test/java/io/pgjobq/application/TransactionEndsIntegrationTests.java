package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.CancelResult;
import io.pgjobq.DeadJobs;
import io.pgjobq.JobFilter;
import io.pgjobq.JobHandler;
import io.pgjobq.JobQueues;
import io.pgjobq.JobSender;
import io.pgjobq.Jobs;
import io.pgjobq.SentJob;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What is sent, cancelled, redriven and managed in each phase of a transaction, with each kind of transaction and pool. */
@PostgresTest
class TransactionEndsIntegrationTests {

    private static TestDatabase database;

    private static final BlockingQueue<String> STARTED = new LinkedBlockingQueue<>();

    /** Which proxy is around the pool. */
    enum Proxy {
        NONE(pool -> pool),
        LAZY(LazyConnectionDataSourceProxy::new),
        TRANSACTION_AWARE(TransactionAwareDataSourceProxy::new);

        private final UnaryOperator<DataSource> around;

        Proxy(UnaryOperator<DataSource> around) {
            this.around = around;
        }
    }

    /** When something is called, and what becomes of it. */
    enum Phase {
        NO_TRANSACTION(true, true),
        INSIDE(false, true),
        INSIDE_AND_ROLLED_BACK(false, false),
        BEFORE_COMMIT(false, true),
        BEFORE_COMPLETION(false, true),
        AFTER_COMMIT(true, true),
        AFTER_COMPLETION(true, true),
        AFTER_ROLLBACK(true, true),
        ANOTHER_AFTER_COMMIT(false, true),
        ANOTHER_AFTER_COMMIT_ROLLED_BACK(false, false),
        JOINING_AFTER_COMPLETION(true, true),
        AFTER_ANOTHER_AFTER_COMPLETION(true, true);

        private final boolean atOnce;
        private final boolean inTheEnd;

        Phase(boolean atOnce, boolean inTheEnd) {
            this.atOnce = atOnce;
            this.inTheEnd = inTheEnd;
        }
    }

    static class Handlers {

        @JobHandler("worked")
        void work(String name) {
            STARTED.add(name);
        }
    }

    static Stream<Arguments> combinations() {
        return Stream.of(true, false)
                .flatMap(autoCommit -> Stream.of(true, false)
                        .flatMap(jpa ->
                                Arrays.stream(Proxy.values()).map(proxy -> Arguments.of(autoCommit, jpa, proxy))));
    }

    @ParameterizedTest(name = "auto-commit {0}, JPA {1}, proxy {2}")
    @MethodSource("combinations")
    void whatIsCalledWithoutAnOpenTransactionIsCommittedAtOnceAndTheRestWithIt(
            boolean autoCommit, boolean jpa, Proxy proxy) {
        String schema = "s_" + autoCommit + "_" + jpa + "_" + proxy.name().toLowerCase(Locale.ROOT);
        try (HikariDataSource pool = pool(autoCommit)) {
            ApplicationContextRunner application = Applications.on(database, schema)
                    .withPropertyValues("pgjobq.poll-interval=10m", "spring.jpa.open-in-view=false")
                    .withPropertyValues(
                            // As Boot has it, but for a transaction-aware proxy: it would call itself for ever, without
                            // pgjobq, too.
                            "spring.jpa.properties.hibernate.connection.provider_disables_autocommit="
                                    + (!autoCommit && proxy != Proxy.TRANSACTION_AWARE))
                    .withBean("dataSource", DataSource.class, () -> proxy.around.apply(pool))
                    .withBean(Handlers.class);
            (jpa
                            ? application.withConfiguration(AutoConfigurations.of(HibernateJpaAutoConfiguration.class))
                            : application)
                    .run(context -> {
                        JobQueues queues = context.getBean(JobQueues.class);
                        queues.create("kept");
                        for (Phase phase : Phase.values()) {
                            sends(context, schema, phase);
                            if (phase.atOnce) {
                                manages(context, schema, phase);
                            }
                        }
                        assertThat(TransactionSynchronizationManager.getResourceMap())
                                .isEmpty();
                    });
        }
    }

    private static void sends(ApplicationContext context, String schema, Phase phase) throws InterruptedException {
        JobSender sender = context.getBean(JobSender.class);
        List<SentJob<Void>> sent = new ArrayList<>();
        List<Boolean> storedAtOnce = new ArrayList<>();
        in(context, phase, () -> {
            sent.add(sender.send("kept", phase.name()));
            sent.addAll(sender.sendAll("kept", List.of(phase.name(), phase.name())));
            sent.add(sender.to("kept").delay(Duration.ofHours(1)).send(phase.name()));
            sent.forEach(job -> storedAtOnce.add(isStored(schema, job)));
            sender.send("worked", phase.name());
        });
        assertThat(storedAtOnce).as(phase + " at once").hasSize(4).containsOnly(phase.atOnce);
        assertThat(sent).as(phase + " in the end").allMatch(job -> isStored(schema, job) == phase.inTheEnd);
        if (phase.inTheEnd) {
            assertThat(STARTED.poll(10, TimeUnit.SECONDS)).as("started").isEqualTo(phase.name());
        }
        assertThat(STARTED).isEmpty();
    }

    private static void manages(ApplicationContext context, String schema, Phase phase) {
        JobSender sender = context.getBean(JobSender.class);
        JobQueues queues = context.getBean(JobQueues.class);
        SentJob<Void> doomed = sender.to("kept").delay(Duration.ofHours(1)).send("doomed");
        String queue = phase.name().toLowerCase(Locale.ROOT);
        List<Object> results = new ArrayList<>();
        in(context, phase, () -> {
            results.add(context.getBean(Jobs.class).cancel(doomed.id()) == CancelResult.CANCELLED);
            results.add(!isStored(schema, doomed));
            queues.create(queue);
            queues.pause(queue);
            results.add(
                    database.queryOne("select paused from " + schema + ".queue where name = ?", Boolean.class, queue));
            results.add(context.getBean(DeadJobs.class).redriveAll(JobFilter.queue("kept")) == 0);
        });
        assertThat(results).as(phase.name()).hasSize(4).containsOnly(true);
    }

    private static void in(ApplicationContext context, Phase phase, Runnable work) {
        TransactionTemplate transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        TransactionTemplate another = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        another.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        if (phase == Phase.NO_TRANSACTION) {
            work.run();
            return;
        }
        transaction.executeWithoutResult(status -> {
            switch (phase) {
                case INSIDE -> work.run();
                case INSIDE_AND_ROLLED_BACK -> {
                    work.run();
                    status.setRollbackOnly();
                }
                case BEFORE_COMMIT -> register(work, null, null, null);
                case BEFORE_COMPLETION -> register(null, work, null, null);
                case AFTER_COMMIT -> register(null, null, work, null);
                case AFTER_ROLLBACK -> {
                    register(null, null, null, work);
                    status.setRollbackOnly();
                }
                case ANOTHER_AFTER_COMMIT ->
                    register(null, null, () -> another.executeWithoutResult(inner -> work.run()), null);
                case ANOTHER_AFTER_COMMIT_ROLLED_BACK ->
                    register(
                            null,
                            null,
                            () -> another.executeWithoutResult(inner -> {
                                work.run();
                                inner.setRollbackOnly();
                            }),
                            null);
                case JOINING_AFTER_COMPLETION ->
                    register(null, null, null, () -> transaction.executeWithoutResult(inner -> work.run()));
                case AFTER_ANOTHER_AFTER_COMPLETION ->
                    register(null, null, null, () -> {
                        another.executeWithoutResult(inner -> {});
                        work.run();
                    });
                default -> register(null, null, null, work);
            }
        });
    }

    private static void register(
            @Nullable Runnable beforeCommit,
            @Nullable Runnable beforeCompletion,
            @Nullable Runnable afterCommit,
            @Nullable Runnable afterCompletion) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void beforeCommit(boolean readOnly) {
                run(beforeCommit);
            }

            @Override
            public void beforeCompletion() {
                run(beforeCompletion);
            }

            @Override
            public void afterCommit() {
                run(afterCommit);
            }

            @Override
            public void afterCompletion(int status) {
                run(afterCompletion);
            }
        });
    }

    private static void run(@Nullable Runnable work) {
        if (work != null) {
            work.run();
        }
    }

    private static boolean isStored(String schema, SentJob<?> sent) {
        return Boolean.TRUE.equals(database.queryOne(
                "select exists (select from " + schema + ".job where id = ?)", Boolean.class, sent.id()));
    }

    private static HikariDataSource pool(boolean autoCommit) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.jdbcUrl());
        config.setUsername(database.username());
        config.setPassword(database.password());
        config.setMaximumPoolSize(5);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(5_000);
        config.setAutoCommit(autoCommit);
        return new HikariDataSource(config);
    }
}
