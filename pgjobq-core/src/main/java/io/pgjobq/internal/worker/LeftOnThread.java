package io.pgjobq.internal.worker;

import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.LogText;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.MDC;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * The calling thread as it was before a handler was called on it, to be brought back afterwards, so that the next job sees
 * nothing of this one. Thread locals of the application's own are not known here, and stay.
 *
 * @param name the thread's name
 * @param priority the thread's priority
 * @param loader the thread's context class loader
 */
record LeftOnThread(String name, int priority, @Nullable ClassLoader loader) {

    private static final Logger LOG = Log.of(LeftOnThread.class);

    private static final boolean SECURED = ClassUtils.isPresent(
            "org.springframework.security.core.context.SecurityContextHolder", LeftOnThread.class.getClassLoader());

    static LeftOnThread before() {
        Thread thread = Thread.currentThread();
        return new LeftOnThread(thread.getName(), thread.getPriority(), thread.getContextClassLoader());
    }

    /** Takes away what was left since. Nothing that happens there escapes. */
    void takeAway(Object job) {
        try {
            bringBack();
            takeAwayTransaction(job);
        } catch (RuntimeException | Error ex) {
            LOG.warn("{}: what its handler left on its thread can't be taken away: {}", job, LogText.of(ex));
        }
        // An interruption that came too late must not hit the thread's next job.
        Thread.interrupted();
    }

    private void bringBack() {
        Thread thread = Thread.currentThread();
        if (!thread.getName().equals(name)) {
            thread.setName(name);
        }
        if (thread.getPriority() != priority) {
            thread.setPriority(priority);
        }
        if (thread.getContextClassLoader() != loader) {
            thread.setContextClassLoader(loader);
        }
        MDC.clear();
        LocaleContextHolder.resetLocaleContext();
        if (SECURED) {
            Security.clear();
        }
    }

    private static void takeAwayTransaction(Object job) {
        List<Object> keys =
                List.copyOf(TransactionSynchronizationManager.getResourceMap().keySet());
        boolean active = TransactionSynchronizationManager.isSynchronizationActive()
                || TransactionSynchronizationManager.isActualTransactionActive();
        if (!active && keys.isEmpty()) {
            return;
        }
        TransactionSynchronizationManager.clear();
        for (Object key : keys) {
            if (TransactionSynchronizationManager.unbindResourceIfPossible(key) instanceof ConnectionHolder holder) {
                close(holder);
            }
        }
        LOG.warn(
                "{}: its handler left a transaction or what belongs to one on its thread; it is taken away, and what is"
                        + " not committed is rolled back",
                job);
    }

    private static void close(ConnectionHolder holder) {
        try {
            holder.getConnection().close();
        } catch (SQLException | RuntimeException ex) {
            LOG.debug("a connection that a handler left can't be closed", ex);
        }
    }

    /** Only loaded where Spring Security is there. */
    private static final class Security {

        static void clear() {
            SecurityContextHolder.clearContext();
        }
    }
}
