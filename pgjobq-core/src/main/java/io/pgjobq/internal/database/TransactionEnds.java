package io.pgjobq.internal.database;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
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
            List<Begun> begun =
                    bound.stream().map(holder -> new Begun(transaction)).toList();
            for (int i = 0; i < begun.size(); i++) {
                TransactionSynchronizationManager.bindResource(bound.get(i), begun.get(i));
            }
            if (!begun.isEmpty() && TransactionSynchronizationManager.isSynchronizationActive()) {
                TransactionSynchronizationManager.registerSynchronization(new Commit(begun));
            }
        }
    }

    /** Is told of the commit before anybody else is: until then a manager may write what it has kept back, and send. */
    private record Commit(List<Begun> begun) implements TransactionSynchronization, Ordered {

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public void afterCommit() {
            begun.forEach(each -> each.ended = true);
        }

        @Override
        public void afterCompletion(int status) {
            afterCommit();
        }
    }

    @Override
    public void beforeRollback(TransactionExecution transaction) {
        for (Object value : TransactionSynchronizationManager.getResourceMap().values()) {
            if (value instanceof Begun begun && begun.transaction == transaction) {
                begun.ended = true;
            }
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
        Predicate<Map.Entry<Object, Object>> own =
                entry -> entry.getValue() instanceof Begun begun && begun.transaction == transaction;
        List<Object> holders = TransactionSynchronizationManager.getResourceMap().entrySet().stream()
                .filter(own)
                .map(Map.Entry::getKey)
                .toList();
        holders.forEach(TransactionSynchronizationManager::unbindResource);
    }
}
