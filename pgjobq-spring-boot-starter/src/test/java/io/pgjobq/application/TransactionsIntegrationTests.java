package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobSender;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
class TransactionsIntegrationTests {

    private static TestDatabase database;

    record Order(long number, int failures) {}

    @BeforeAll
    static void createBusinessTable() {
        database.execute("create table delivery (number bigint, attempt int)");
    }

    /** Writes a row and then fails as often as the order says. */
    static class Deliveries {

        private final JdbcClient jdbc;

        Deliveries(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        @Transactional
        @JobHandler("joint")
        public void joint(Order order, JobContext job) {
            deliver(order, job);
        }

        @Transactional(propagation = Propagation.REQUIRES_NEW)
        @JobHandler("apart")
        public void apart(Order order, JobContext job) {
            deliver(order, job);
        }

        @JobHandler("none")
        public void none(Order order, JobContext job) {
            deliver(order, job);
        }

        private void deliver(Order order, JobContext job) {
            jdbc.sql("insert into delivery values (?, ?)")
                    .params(order.number(), job.attempt())
                    .update();
            if (job.attempt() <= order.failures()) {
                throw new IllegalStateException("no van");
            }
        }
    }

    private static ApplicationContextRunner deliveries(String schema) {
        return Applications.on(database, schema)
                .withPropertyValues("pgjobq.defaults.retry.delay=10ms")
                .withBean(Deliveries.class);
    }

    @Test
    void whatAFailedAttemptWroteIsRolledBack() {
        deliveries("rolled_back").run(context -> {
            JobOutcome<Void> outcome = run(context, "joint", new Order(1, 2));
            assertThat(outcome.attempts()).isEqualTo(3);
            assertThat(attemptsWritten(1)).isEqualTo("3");
        });
    }

    @Test
    void withoutATransactionEveryAttemptLeavesItsTraces() {
        deliveries("traces").run(context -> {
            run(context, "none", new Order(2, 2));
            assertThat(attemptsWritten(2)).isEqualTo("1,2,3");
        });
    }

    @Test
    void theJobIsCompletedInTheHandlersTransaction() {
        deliveries("same").run(context -> {
            JobOutcome<Void> outcome = run(context, "joint", new Order(3, 0));
            assertThat(isSameTransaction("same", outcome.id(), 3)).isTrue();
        });
    }

    @Test
    void aTransactionOfItsOwnIsNotThatOfTheCompletion() {
        deliveries("other").run(context -> {
            JobOutcome<Void> outcome = run(context, "apart", new Order(4, 0));
            assertThat(isSameTransaction("other", outcome.id(), 4)).isFalse();
        });
    }

    @Test
    void aJobSentInATransactionThatRollsBackNeverWas() {
        deliveries("unsent").run(context -> {
            JobSender sender = context.getBean(JobSender.class);
            context.getBean(TransactionTemplate.class).executeWithoutResult(status -> {
                sender.send("joint", new Order(5, 0));
                status.setRollbackOnly();
            });
            run(context, "joint", new Order(6, 0));
            assertThat(attemptsWritten(5)).isNull();
        });
    }

    @Entity
    @Table(name = "delivery_entity")
    static class DeliveryEntity {

        @Id
        private long number;

        private int attempt;

        protected DeliveryEntity() {}

        DeliveryEntity(long number, int attempt) {
            this.number = number;
            this.attempt = attempt;
        }
    }

    @Configuration
    @EntityScan(basePackageClasses = DeliveryEntity.class)
    static class JpaDeliveries {

        private final EntityManager entities;

        JpaDeliveries(EntityManager entities) {
            this.entities = entities;
        }

        @Transactional
        @JobHandler("jpa")
        public void deliver(Order order, JobContext job) {
            entities.persist(new DeliveryEntity(order.number(), job.attempt()));
            entities.flush();
            if (job.attempt() <= order.failures()) {
                throw new IllegalStateException("no van");
            }
        }
    }

    @Test
    void aJpaTransactionIsJoinedBySendingAndByCompletion() {
        database.execute("create table delivery_entity (number bigint primary key, attempt int)");
        Applications.on(database, "jpa")
                .withConfiguration(AutoConfigurations.of(HibernateJpaAutoConfiguration.class))
                .withPropertyValues("pgjobq.defaults.retry.delay=10ms", "spring.jpa.open-in-view=false")
                .withUserConfiguration(JpaDeliveries.class)
                .run(context -> {
                    JobOutcome<Void> outcome = run(context, "jpa", new Order(7, 1));
                    assertThat(outcome.attempts()).isEqualTo(2);
                    assertThat(database.queryOne(
                                    "select d.xmin = f.xmin from delivery_entity d, jpa.finished_job f where f.id = ?",
                                    Boolean.class,
                                    outcome.id()))
                            .isTrue();
                });
    }

    private static JobOutcome<Void> run(ApplicationContext context, String queue, Order order) throws Exception {
        SentJob<Void> sent = context.getBean(TransactionTemplate.class)
                .execute(status -> context.getBean(JobSender.class).to(queue).send(order, Void.class));
        JobOutcome<Void> outcome = sent.completion(Duration.ofSeconds(30)).get(40, TimeUnit.SECONDS);
        outcome.resultOrThrow();
        return outcome;
    }

    private static String attemptsWritten(long number) {
        return database.queryOne(
                "select string_agg(attempt::text, ',' order by attempt) from delivery where number = ?",
                String.class,
                number);
    }

    private static boolean isSameTransaction(String schema, long id, long number) {
        return Boolean.TRUE.equals(database.queryOne(
                "select d.xmin = f.xmin from delivery d, " + schema + ".finished_job f where f.id = ? and d.number = ?",
                Boolean.class,
                id,
                number));
    }
}
