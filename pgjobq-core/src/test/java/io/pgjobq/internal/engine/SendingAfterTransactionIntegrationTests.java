package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.CancelResult;
import io.pgjobq.JobSender;
import io.pgjobq.PgJobQ;
import io.pgjobq.SentJob;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends by those who are told of a transaction's end, mostly from a pool of one connection, which that transaction holds
 * until all have been told. Another node, which polls so rarely that it must be told of the jobs, runs them.
 */
@PostgresTest
class SendingAfterTransactionIntegrationTests {

    private static final String WORKED = "worked";
    private static final String KEPT = "kept";

    private final BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();

    private TestDatabase database;
    private TestNode worker;

    @BeforeEach
    void startWorker() {
        worker = TestNode.listening(database);
        worker.handle(WORKED, Integer.class, (number, context) -> seen.add(number));
        worker.start();
        worker.pgJobQ().queues().create(KEPT);
    }

    @AfterEach
    void stopWorker() {
        worker.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aJobIsCommittedBeforeSendingItReturns(boolean autoCommit) throws Exception {
        try (HikariDataSource pool = pool(autoCommit, 1);
                PgJobQ node = sender(pool)) {
            DataSourceTransactionManager manager = new DataSourceTransactionManager(pool);
            PgJobQ.builder(pool).transactionManager(manager).transactionManager(manager);
            new TransactionTemplate(manager)
                    .executeWithoutResult(status -> afterCommit(() -> {
                        isStoredAtOnce(node.sender());
                        assertThat(node.jobs().cancel(-1)).isEqualTo(CancelResult.UNKNOWN);
                    }));
            starts();
            assertThat(commitsItself(pool)).isEqualTo(autoCommit);
            assertThat(manager.getTransactionExecutionListeners()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aJobIsCommittedInTheEndWhereTheManagerTellsNothing(boolean autoCommit) throws Exception {
        try (HikariDataSource pool = pool(autoCommit, 1);
                PgJobQ node = sender(pool)) {
            List<SentJob<Void>> sent = new ArrayList<>();
            silent(pool)
                    .executeWithoutResult(status -> afterCommit(() -> {
                        sent.add(node.sender().send(KEPT, 1));
                        sent.add(node.sender().send(WORKED, 1));
                    }));
            assertThat(isStored(sent.get(0))).isTrue();
            starts();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatFollowsAJobOfTheTransactionIsCommittedInTheEndWhereTheManagerTellsNothing(boolean autoCommit)
            throws Exception {
        try (HikariDataSource pool = pool(autoCommit, 1);
                PgJobQ node = sender(pool)) {
            List<SentJob<Void>> sent = new ArrayList<>();
            silent(pool).executeWithoutResult(status -> {
                sent.add(node.sender().send(KEPT, 1));
                afterCommit(() -> {
                    sent.add(node.sender().send(KEPT, 2));
                    sent.add(node.sender().send(WORKED, 1));
                });
            });
            assertThat(sent.subList(0, 2)).allMatch(this::isStored);
            starts();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aJobIsCommittedByItselfWhereAScopeHasNoTransaction(boolean autoCommit) throws Exception {
        try (HikariDataSource pool = pool(autoCommit, 1);
                PgJobQ node = sender(pool)) {
            TransactionTemplate scope = silent(pool);
            scope.setPropagationBehavior(TransactionDefinition.PROPAGATION_SUPPORTS);
            scope.executeWithoutResult(status -> {
                // The scope keeps the connection, on which nothing is left open.
                new JdbcTemplate(pool)
                        .execute((Connection connection) -> connection.isValid(0) && rolledBack(connection));
                isStoredAtOnce(node.sender());
            });
            starts();
        }
    }

    @Test
    void whatElseIsOpenOnTheConnectionIsNotCommittedWithTheJob() throws Exception {
        database.execute("create table note (text text)");
        try (HikariDataSource pool = pool(false, 2);
                PgJobQ node = sender(pool)) {
            told(pool)
                    .executeWithoutResult(status -> afterCommit(() -> {
                        new JdbcTemplate(pool).execute("insert into note values ('which nobody commits')");
                        isStoredAtOnce(node.sender());
                    }));
            starts();
            assertThat(database.queryOne("select count(*) from note", Long.class))
                    .isZero();
        }
    }

    @Test
    void theIsolationOfTheTransactionThatIsOverIsNotTheJobs() throws Exception {
        try (HikariDataSource pool = pool(true, 2);
                PgJobQ node = sender(pool)) {
            long serializable = node.sender().send(KEPT, 1).id();
            TransactionTemplate transaction = told(pool);
            transaction.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
            transaction.executeWithoutResult(status -> afterCommit(() -> {
                isStoredAtOnce(node.sender());
                assertThat(node.jobs().cancel(serializable)).isEqualTo(CancelResult.CANCELLED);
            }));
            starts();
        }
    }

    @Test
    void aTransactionOfAnotherDataSourceThatEndsMeanwhileEndsNotThisOne() {
        try (HikariDataSource pool = pool(false, 2);
                HikariDataSource other = pool(false, 1);
                PgJobQ node = sender(pool)) {
            List<SentJob<Void>> sent = new ArrayList<>();
            told(pool).executeWithoutResult(outer -> {
                told(other).executeWithoutResult(inner -> new JdbcTemplate(other).execute("select 1"));
                sent.add(node.sender().send(KEPT, 1));
                assertThat(isStored(sent.get(0))).isFalse();
                outer.setRollbackOnly();
            });
            assertThat(isStored(sent.get(0))).isFalse();
            assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true"})
    void whatIsSentWhenATransactionOfAnotherDataSourceHasEndedBelongsToThisOne(boolean thisTells, boolean otherTells) {
        try (HikariDataSource pool = pool(false, 2);
                HikariDataSource other = pool(false, 1);
                PgJobQ node = sender(pool)) {
            List<SentJob<Void>> sent = new ArrayList<>();
            (thisTells ? told(pool) : silent(pool)).executeWithoutResult(outer -> {
                (otherTells ? told(other) : silent(other))
                        .executeWithoutResult(inner ->
                                afterCommit(() -> sent.add(node.sender().send(KEPT, 1))));
                assertThat(sent).hasSize(1).noneMatch(this::isStored);
                outer.setRollbackOnly();
            });
            assertThat(sent).noneMatch(this::isStored);
            assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
        }
    }

    private HikariDataSource pool(boolean autoCommit, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.jdbcUrl());
        config.setUsername(database.username());
        config.setPassword(database.password());
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(2_000);
        config.setAutoCommit(autoCommit);
        return new HikariDataSource(config);
    }

    /** A node that sends only. It tells others of its jobs from a connection of the same pool. */
    private static PgJobQ sender(HikariDataSource pool) {
        PgJobQ sender = PgJobQ.builder(pool)
                .options(TestNode.options(Duration.ofMinutes(10)))
                .workerNode(false)
                .migrate(false)
                .build();
        sender.start();
        return sender;
    }

    private static TransactionTemplate told(HikariDataSource pool) {
        DataSourceTransactionManager manager = new DataSourceTransactionManager(pool);
        PgJobQ.builder(pool).transactionManager(manager);
        return new TransactionTemplate(manager);
    }

    private static TransactionTemplate silent(HikariDataSource pool) {
        return new TransactionTemplate(new DataSourceTransactionManager(pool));
    }

    private static void afterCommit(Runnable work) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                work.run();
            }
        });
    }

    private void isStoredAtOnce(JobSender sender) {
        assertThat(isStored(sender.send(KEPT, 1))).isTrue();
        assertThat(sender.sendAll(KEPT, List.of(1, 2))).allMatch(this::isStored);
        sender.send(WORKED, 1);
    }

    private void starts() throws InterruptedException {
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
    }

    private boolean isStored(SentJob<?> sent) {
        return Boolean.TRUE.equals(
                database.queryOne("select exists (select from pgjobq.job where id = ?)", Boolean.class, sent.id()));
    }

    private static boolean rolledBack(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
        return true;
    }

    private static boolean commitsItself(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return connection.getAutoCommit();
        }
    }
}
