package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgjobq.JobHandler;
import io.pgjobq.JobQueues;
import io.pgjobq.JobSender;
import io.pgjobq.SentJob;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityListeners;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.PreUpdate;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.hibernate.Interceptor;
import org.hibernate.Transaction;
import org.hibernate.cfg.SessionEventSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What is sent while the transaction manager commits: Hibernate flushes then, and calls others before Spring does. */
@PostgresTest
class JpaCommitIntegrationTests {

    private static final BlockingQueue<String> STARTED = new LinkedBlockingQueue<>();

    /** What is done when an entity is flushed that has changed, and when Hibernate's transaction is over. */
    private static Runnable onFlush = () -> {};

    private static Runnable onCompletion = () -> {};

    private static TestDatabase database;

    @Entity
    @Table(name = "parcel")
    @EntityListeners(Listener.class)
    static class Parcel {

        @Id
        private long number;

        private int place;

        protected Parcel() {}

        void move(int newPlace) {
            place = newPlace;
        }
    }

    static class Listener {

        @PreUpdate
        void changed(Parcel parcel) {
            onFlush.run();
        }
    }

    static class Completions implements Interceptor {

        @Override
        public void afterTransactionCompletion(Transaction transaction) {
            onCompletion.run();
        }
    }

    @Configuration
    @EntityScan(basePackageClasses = Parcel.class)
    static class Parcels {

        @Bean
        HibernatePropertiesCustomizer interceptor() {
            return properties -> properties.put(SessionEventSettings.INTERCEPTOR, new Completions());
        }

        @JobHandler("worked")
        void work(String name) {
            STARTED.add(name);
        }
    }

    @BeforeEach
    void arrange() {
        STARTED.clear();
        onFlush = () -> {};
        onCompletion = () -> {};
        database.execute("drop table if exists parcel");
        database.execute(
                "create table parcel (number bigint primary key, place int unique deferrable initially deferred)");
        database.execute("insert into parcel values (1, 1), (2, 2)");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsSentByTheFlushOfACommitIsStoredWithIt(boolean autoCommit) {
        run("flushed_" + autoCommit, autoCommit, (context, schema) -> {
            List<SentJob<Void>> sent = sendsOnFlush(context, schema);
            move(context, 3);

            assertThat(sent).hasSize(1).allMatch(job -> isStored(schema, job));
            assertThat(database.queryOne(
                            "select j.xmin = p.xmin from " + schema + ".job j, parcel p where j.id = ? and number = 1",
                            Boolean.class,
                            sent.get(0).id()))
                    .as("in one transaction")
                    .isTrue();
            starts();
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsSentByTheFlushOfACommitThatTheServerRefusesIsGone(boolean autoCommit) {
        run("refused_" + autoCommit, autoCommit, (context, schema) -> {
            List<SentJob<Void>> sent = sendsOnFlush(context, schema);
            // Each place may have one parcel, and the server looks when it commits.
            assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(() -> move(context, 2));

            assertThat(sent).hasSize(1).noneMatch(job -> isStored(schema, job));
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsSentByAFlushThatFailsIsGone(boolean autoCommit) {
        run("failed_" + autoCommit, autoCommit, (context, schema) -> {
            List<SentJob<Void>> sent = sendsOnFlush(context, schema);
            Runnable sends = onFlush;
            onFlush = () -> {
                sends.run();
                throw new IllegalStateException("no van");
            };
            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> move(context, 3))
                    .havingRootCause()
                    .withMessage("no van");

            assertThat(sent).hasSize(1).noneMatch(job -> isStored(schema, job));
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsSentWhenHibernateTellsOfTheEndIsStored(boolean autoCommit) {
        run("ended_" + autoCommit, autoCommit, (context, schema) -> {
            JobSender sender = context.getBean(JobSender.class);
            List<SentJob<Void>> sent = new ArrayList<>();
            onCompletion = () -> {
                sent.add(sender.send("kept", "a parcel has moved, or not"));
                sender.send("worked", "ended");
            };
            move(context, 3);
            assertThat(sent).hasSize(1).allMatch(job -> isStored(schema, job));
            assertThat(STARTED.poll(10, TimeUnit.SECONDS)).isEqualTo("ended");

            transaction(context).executeWithoutResult(status -> status.setRollbackOnly());
            assertThat(sent).hasSize(2).allMatch(job -> isStored(schema, job));
            assertThat(STARTED.poll(10, TimeUnit.SECONDS)).isEqualTo("ended");
        });
    }

    /** What is done with an application whose pgjobq uses that schema. */
    @FunctionalInterface
    private interface Check {

        void of(ApplicationContext context, String schema) throws InterruptedException;
    }

    private static void run(String schema, boolean autoCommit, Check check) {
        Applications.on(database, schema)
                .withConfiguration(AutoConfigurations.of(HibernateJpaAutoConfiguration.class))
                .withPropertyValues(
                        // A job starts in time only if its commit is told of.
                        "pgjobq.poll-interval=10m",
                        "spring.jpa.open-in-view=false",
                        "spring.datasource.hikari.auto-commit=" + autoCommit,
                        "spring.jpa.properties.hibernate.connection.provider_disables_autocommit=" + !autoCommit)
                .withUserConfiguration(Parcels.class)
                .run(context -> {
                    context.getBean(JobQueues.class).create("kept");
                    check.of(context, schema);
                    assertThat(TransactionSynchronizationManager.getResourceMap())
                            .isEmpty();
                });
    }

    /** Lets a flush send, and checks that this is not committed by itself. */
    private static List<SentJob<Void>> sendsOnFlush(ApplicationContext context, String schema) {
        JobSender sender = context.getBean(JobSender.class);
        List<SentJob<Void>> sent = new ArrayList<>();
        onFlush = () -> {
            sent.add(sender.send("kept", "a parcel moves"));
            assertThat(sent).noneMatch(job -> isStored(schema, job));
            sender.send("worked", "flushed");
        };
        return sent;
    }

    /** Changes the first parcel, and leaves it to the commit to write that. */
    private static void move(ApplicationContext context, int place) {
        EntityManager entities = context.getBean(EntityManager.class);
        transaction(context)
                .executeWithoutResult(status -> entities.find(Parcel.class, 1).move(place));
    }

    private static TransactionTemplate transaction(ApplicationContext context) {
        return context.getBean(TransactionTemplate.class);
    }

    private static void starts() throws InterruptedException {
        assertThat(STARTED.poll(10, TimeUnit.SECONDS)).isEqualTo("flushed");
    }

    private static boolean isStored(String schema, SentJob<?> sent) {
        return Boolean.TRUE.equals(database.queryOne(
                "select exists (select from " + schema + ".job where id = ?)", Boolean.class, sent.id()));
    }
}
