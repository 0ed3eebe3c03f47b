package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class LeftOnThreadTests {

    @Test
    void theNextJobSeesNothingOfWhatAHandlerLeft() {
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        ClassLoader loader = thread.getContextClassLoader();
        LeftOnThread before = LeftOnThread.before();
        thread.setName("mine");
        thread.setPriority(Thread.MAX_PRIORITY);
        thread.setContextClassLoader(new URLClassLoader(new URL[0]));
        MDC.put("tenant", "acme");
        LocaleContextHolder.setLocale(Locale.CHINESE);
        SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("ada", "secret"));
        thread.interrupt();

        before.takeAway("job 1");

        assertThat(Thread.interrupted()).isFalse();
        assertThat(thread.getName()).isEqualTo(name);
        assertThat(thread.getPriority()).isEqualTo(before.priority());
        assertThat(thread.getContextClassLoader()).isSameAs(loader);
        assertThat(MDC.get("tenant")).isNull();
        assertThat(LocaleContextHolder.getLocaleContext()).isNull();
        assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
    }

    @Test
    void aTransactionThatWasLeftOpenIsNotJoinedAndItsConnectionIsClosed() {
        LeftOnThread before = LeftOnThread.before();
        AtomicBoolean closed = new AtomicBoolean();
        Connection connection = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    closed.compareAndSet(false, method.getName().equals("close"));
                    return null;
                });
        TransactionSynchronizationManager.initSynchronization();
        TransactionSynchronizationManager.setActualTransactionActive(true);
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {});
        TransactionSynchronizationManager.bindResource("pool", new ConnectionHolder(connection));
        TransactionSynchronizationManager.bindResource("other", "resource");

        before.takeAway("job 1");

        assertThat(TransactionSynchronizationManager.isSynchronizationActive()).isFalse();
        assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                .isFalse();
        assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
        assertThat(closed).isTrue();
    }
}
