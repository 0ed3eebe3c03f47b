package io.pgjobq.internal.database;

import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.JdbcTransactionObjectSupport;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Knows whether the transaction of a bound connection is still open. Spring keeps the connection bound, and calls the
 * transaction active, until everybody has been told of its end; what is done on the connection by then, nobody commits. The
 * manager tells its listeners of the begin; who is registered first then is the first to be told of the commit.
 */
public final class TransactionEnds implements TransactionExecutionListener {

    private static final TransactionEnds LISTENER = new TransactionEnds();

    private TransactionEnds() {}

    /** Whose connection it is. Lives on the transaction's thread, bound to the connection's holder, as that may be suspended. */
    private static final class Begun {

        private final TransactionExecution transaction;
        private final ConnectionHolder holder;
        private boolean ended;

        Begun(TransactionExecution transaction, ConnectionHolder holder) {
            this.transaction = transaction;
            this.holder = holder;
        }
    }

    /**
     * Lets a transaction manager tell when its transactions end, if it is one of Spring's for JDBC, JPA or Hibernate. May be
     * called more than once.
     */
    public static void toldBy(ConfigurableTransactionManager manager) {
        if (!manager.getTransactionExecutionListeners().contains(LISTENER)) {
            manager.addListener(LISTENER);
        }
    }

    /** Returns whether the transaction that bound this is open; {@code null} if no manager tells. */
    static @Nullable Boolean isOpen(Object holder) {
        return TransactionSynchronizationManager.getResource(holder) instanceof Begun begun ? !begun.ended : null;
    }

    /** Returns whether the callbacks that are registered now are those of another transaction, which runs within this one. */
    static boolean isOuter(Object holder) {
        return TransactionSynchronizationManager.isSynchronizationActive()
                && TransactionSynchronizationManager.getSynchronizations().stream()
                        .anyMatch(each -> each instanceof Commit commit && commit.begun.holder != holder);
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
        ConnectionHolder holder = failure == null ? holder(transaction) : null;
        // A JDBC manager begins on the connection that a JPA manager has bound; whose it is, it stays.
        if (holder == null || TransactionSynchronizationManager.hasResource(holder)) {
            return;
        }
        Begun begun = new Begun(transaction, holder);
        TransactionSynchronizationManager.bindResource(holder, begun);
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new Commit(begun));
        }
    }

    /**
     * Returns what holds the transaction's own connection, {@code null} if there is none: a savepoint has that of its
     * transaction. Others may be bound to the thread, too, by transactions of other managers that are still open.
     */
    private static @Nullable ConnectionHolder holder(TransactionExecution transaction) {
        return transaction.isNewTransaction()
                        && transaction instanceof DefaultTransactionStatus status
                        && status.getTransaction() instanceof JdbcTransactionObjectSupport own
                        && own.hasConnectionHolder()
                ? own.getConnectionHolder()
                : null;
    }

    /** Is told of the commit before anybody else is: until then a manager may write what it has kept back, and send. */
    private record Commit(Begun begun) implements TransactionSynchronization, Ordered {

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public void afterCommit() {
            begun.ended = true;
        }

        /** Nobody tells of a roll-back whose cause is that committing failed. */
        @Override
        public void afterCompletion(int status) {
            begun.ended = true;
        }
    }

    @Override
    public void beforeRollback(TransactionExecution transaction) {
        Begun begun = begun(transaction);
        if (begun != null) {
            begun.ended = true;
        }
    }

    @Override
    public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
        forget(transaction);
    }

    @Override
    public void afterRollback(TransactionExecution transaction, @Nullable Throwable failure) {
        forget(transaction);
    }

    private static void forget(TransactionExecution transaction) {
        Begun begun = begun(transaction);
        if (begun != null) {
            TransactionSynchronizationManager.unbindResource(begun.holder);
        }
    }

    private static @Nullable Begun begun(TransactionExecution transaction) {
        ConnectionHolder holder = holder(transaction);
        return holder != null
                        && TransactionSynchronizationManager.getResource(holder) instanceof Begun begun
                        && begun.transaction == transaction
                ? begun
                : null;
    }
}
