package io.pgjobq.store;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Knows whether the transaction of a bound connection is still open. Spring keeps the connection bound, and calls the
 * transaction active, until everybody has been told of its end; what is done on the connection by then, nobody commits. No
 * one but the transaction manager knows, and it tells its listeners right before it commits or rolls back.
 */
public final class TransactionEnds implements TransactionExecutionListener {

    private static final TransactionEnds LISTENER = new TransactionEnds();

    private TransactionEnds() {}

    /** Whose connection it is. Lives on the transaction's thread, bound to the connection's holder, as that may be suspended. */
    private static final class Begun {

        private final TransactionExecution transaction;
        private boolean ended;

        Begun(TransactionExecution transaction) {
            this.transaction = transaction;
        }
    }

    /** Lets a transaction manager tell when its transactions end. May be called more than once. */
    public static void toldBy(ConfigurableTransactionManager manager) {
        if (!manager.getTransactionExecutionListeners().contains(LISTENER)) {
            manager.addListener(LISTENER);
        }
    }

    /** Returns whether the transaction that bound this is open; {@code null} if no manager tells. */
    static @Nullable Boolean isOpen(Object holder) {
        return TransactionSynchronizationManager.getResource(holder) instanceof Begun begun ? !begun.ended : null;
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
        if (failure == null) {
            // What an outer transaction has bound on another DataSource is known by now, so the rest is this one's.
            List<?> bound = TransactionSynchronizationManager.getResourceMap().values().stream()
                    .filter(ConnectionHolder.class::isInstance)
                    .filter(holder -> !TransactionSynchronizationManager.hasResource(holder))
                    .toList();
            bound.forEach(holder -> TransactionSynchronizationManager.bindResource(holder, new Begun(transaction)));
        }
    }

    @Override
    public void beforeCommit(TransactionExecution transaction) {
        end(transaction);
    }

    @Override
    public void beforeRollback(TransactionExecution transaction) {
        end(transaction);
    }

    @Override
    public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
        forget(transaction);
    }

    @Override
    public void afterRollback(TransactionExecution transaction, @Nullable Throwable failure) {
        forget(transaction);
    }

    private static void end(TransactionExecution transaction) {
        for (Object value : TransactionSynchronizationManager.getResourceMap().values()) {
            if (value instanceof Begun begun && begun.transaction == transaction) {
                begun.ended = true;
            }
        }
    }

    private static void forget(TransactionExecution transaction) {
        Predicate<Map.Entry<Object, Object>> own =
                entry -> entry.getValue() instanceof Begun begun && begun.transaction == transaction;
        List<Object> holders = TransactionSynchronizationManager.getResourceMap().entrySet().stream()
                .filter(own)
                .map(Map.Entry::getKey)
                .toList();
        holders.forEach(TransactionSynchronizationManager::unbindResource);
    }
}
