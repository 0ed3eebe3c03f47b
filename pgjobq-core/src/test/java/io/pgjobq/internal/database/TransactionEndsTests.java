package io.pgjobq.internal.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.JdbcTransactionObjectSupport;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions of managers that bind a connection, which nobody uses. */
class TransactionEndsTests {

    private final List<String> seen = new ArrayList<>();
    private final Manager manager = new Manager("database");
    private final TransactionTemplate transaction = new TransactionTemplate(manager);
    private final TransactionTemplate nested = with(TransactionDefinition.PROPAGATION_NESTED);
    private final TransactionTemplate another = with(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

    TransactionEndsTests() {
        TransactionEnds.toldBy(manager);
    }

    @AfterEach
    void nothingIsLeftOnTheThread() {
        assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
    }

    @Test
    void aManagerIsListenedToOnce() {
        TransactionEnds.toldBy(manager);

        assertThat(manager.getTransactionExecutionListeners()).hasSize(1);
    }

    @Test
    void aTransactionIsOpenUntilItsCommitIsToldOf() {
        transaction.executeWithoutResult(status -> {
            TransactionSynchronizationManager.registerSynchronization(new Phases());
            see("inside");
        });

        assertThat(seen)
                .containsExactly(
                        "inside true",
                        "before commit true",
                        "before completion true",
                        "commits true",
                        "after commit false",
                        "after completion false");
    }

    @Test
    void aTransactionIsOpenUntilItIsRolledBack() {
        transaction.executeWithoutResult(status -> {
            TransactionSynchronizationManager.registerSynchronization(new Phases());
            status.setRollbackOnly();
        });

        assertThat(seen).containsExactly("before completion true", "rolls back false", "after completion false");
    }

    @Test
    void aTransactionIsOverWhenItsCommitHasFailed() {
        manager.failure = new IllegalStateException("refused");
        assertThatIllegalStateException()
                .isThrownBy(() -> transaction.executeWithoutResult(
                        status -> TransactionSynchronizationManager.registerSynchronization(new Phases())));

        assertThat(seen)
                .containsExactly(
                        "before commit true",
                        "before completion true",
                        "commits true",
                        // Nobody tells of this roll-back.
                        "rolls back true",
                        "after completion false");
    }

    @Test
    void aSavepointBeginsAndEndsNoTransaction() {
        transaction.executeWithoutResult(status -> {
            nested.executeWithoutResult(inner -> see("in a savepoint"));
            see("after it");
            nested.executeWithoutResult(inner -> inner.setRollbackOnly());
            see("after going back to another");
        });

        assertThat(seen)
                .containsExactly(
                        "in a savepoint true", "after it true", "after going back to another true", "commits true");
    }

    @Test
    void aSavepointIsNotTakenForATransactionThatBeganUnseen() {
        Manager late = new Manager("database");
        TransactionTemplate unseen = new TransactionTemplate(late);
        TransactionTemplate savepoint = new TransactionTemplate(late);
        savepoint.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        unseen.executeWithoutResult(status -> {
            TransactionEnds.toldBy(late);
            savepoint.executeWithoutResult(inner -> see("in a savepoint"));
        });

        assertThat(seen).containsExactly("in a savepoint null", "commits null");
    }

    @Test
    void aSuspendedTransactionIsOpenWhenItGoesOn() {
        transaction.executeWithoutResult(status -> {
            another.executeWithoutResult(inner -> see("in another"));
            see("after it");
            another.executeWithoutResult(inner -> inner.setRollbackOnly());
            see("after one that is rolled back");
        });

        assertThat(seen)
                .containsExactly(
                        "in another true",
                        "commits true",
                        "after it true",
                        "rolls back false",
                        "after one that is rolled back true",
                        "commits true");
    }

    @Test
    void whatAManagerThatTellsNothingHasBoundIsNotTheInnerTransactions() {
        Manager silent = new Manager("silent");
        new TransactionTemplate(silent).executeWithoutResult(status -> {
            transaction.executeWithoutResult(inner -> {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        seen.add("of the silent one " + isOpen("silent"));
                    }
                });
                seen.add("within " + isOpen("silent"));
            });
            seen.add("after " + isOpen("silent"));
        });

        assertThat(seen)
                .containsExactly("within null", "commits true", "of the silent one null", "after null", "commits null");
    }

    @Test
    void aTransactionIsOuterToTheCallbacksOfOneWithin() {
        new TransactionTemplate(new Manager("silent")).executeWithoutResult(status -> {
            seen.add("without another " + isOuter("silent"));
            transaction.executeWithoutResult(
                    inner -> seen.add("with one " + isOuter("silent") + ", itself " + isOuter("database")));
        });

        assertThat(seen)
                .containsExactly(
                        "without another false", "with one true, itself false", "commits true", "commits null");
    }

    /** As a manager for JDBC does on the connection of one for JPA. */
    @Test
    void whoBeginsOnTheConnectionOfAnotherManagerNeitherOwnsNorEndsIt() {
        Manager second = new Manager("database");
        second.begins = true;
        TransactionEnds.toldBy(second);
        transaction.executeWithoutResult(status -> {
            new TransactionTemplate(second).executeWithoutResult(inner -> see("inside both"));
            see("after the second");
            new TransactionTemplate(second).executeWithoutResult(inner -> inner.setRollbackOnly());
            see("after its roll-back");
        });

        assertThat(seen)
                .containsExactly(
                        "inside both true",
                        "commits true",
                        "after the second true",
                        "rolls back true",
                        "after its roll-back true",
                        "commits true");
    }

    @Test
    void aTransactionThatCanNotBeginIsNone() {
        manager.refuses = true;
        assertThatIllegalStateException().isThrownBy(() -> transaction.executeWithoutResult(status -> see("never")));

        assertThat(seen).isEmpty();
    }

    @Test
    void nobodyNeedsToBeToldOfTheCommit() {
        manager.setTransactionSynchronization(AbstractPlatformTransactionManager.SYNCHRONIZATION_NEVER);
        transaction.executeWithoutResult(status -> see("inside"));

        assertThat(seen).containsExactly("inside true", "commits true");
    }

    @Test
    void aManagerWithoutConnectionsTellsNothing() {
        manager.connects = false;
        transaction.executeWithoutResult(status -> see("inside"));

        assertThat(seen).containsExactly("inside null", "commits null");
    }

    private TransactionTemplate with(int propagation) {
        TransactionTemplate template = new TransactionTemplate(manager);
        template.setPropagationBehavior(propagation);
        return template;
    }

    private void see(String phase) {
        seen.add(phase + " " + isOpen("database"));
    }

    private static @Nullable Boolean isOpen(String database) {
        Object holder = TransactionSynchronizationManager.getResource(database);
        return holder == null ? null : TransactionEnds.isOpen(holder);
    }

    private static boolean isOuter(String database) {
        return TransactionEnds.isOuter(Objects.requireNonNull(TransactionSynchronizationManager.getResource(database)));
    }

    /** Sees in which phases the transaction is open, and wants to be told before others. */
    private final class Phases implements TransactionSynchronization {

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public void beforeCommit(boolean readOnly) {
            see("before commit");
        }

        @Override
        public void beforeCompletion() {
            see("before completion");
        }

        @Override
        public void afterCommit() {
            see("after commit");
        }

        @Override
        public void afterCompletion(int status) {
            see("after completion");
        }
    }

    /** Binds a connection that nobody uses, as Spring's managers do. */
    private final class Manager extends AbstractPlatformTransactionManager {

        private final String database;
        private boolean connects = true;
        private boolean begins;
        private boolean refuses;
        private @Nullable RuntimeException failure;

        Manager(String database) {
            this.database = database;
            setNestedTransactionAllowed(true);
        }

        private static final class Own extends JdbcTransactionObjectSupport {

            private boolean first;

            @Override
            public Object createSavepoint() {
                return "savepoint";
            }

            @Override
            public void rollbackToSavepoint(Object savepoint) {}

            @Override
            public void releaseSavepoint(Object savepoint) {}
        }

        @Override
        protected Object doGetTransaction() {
            Own own = new Own();
            own.setSavepointAllowed(true);
            own.setConnectionHolder((ConnectionHolder) TransactionSynchronizationManager.getResource(database));
            return own;
        }

        @Override
        protected boolean isExistingTransaction(Object transaction) {
            return ((Own) transaction).hasConnectionHolder() && !begins;
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            Own own = (Own) transaction;
            if (connects && !own.hasConnectionHolder()) {
                own.first = true;
                own.setConnectionHolder(new ConnectionHolder(() -> {
                    throw new IllegalStateException("nobody uses it");
                }));
                if (refuses) {
                    throw new IllegalStateException("the connection is broken");
                }
                TransactionSynchronizationManager.bindResource(
                        database, Objects.requireNonNull(own.getConnectionHolder()));
            }
        }

        @Override
        protected Object doSuspend(Object transaction) {
            ((Own) transaction).setConnectionHolder(null);
            return TransactionSynchronizationManager.unbindResource(database);
        }

        @Override
        protected void doResume(@Nullable Object transaction, Object suspended) {
            TransactionSynchronizationManager.bindResource(database, suspended);
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            seen.add("commits " + isOpen(database));
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {
            seen.add("rolls back " + isOpen(database));
        }

        @Override
        protected void doCleanupAfterCompletion(Object transaction) {
            if (((Own) transaction).first) {
                TransactionSynchronizationManager.unbindResource(database);
            }
        }
    }
}
