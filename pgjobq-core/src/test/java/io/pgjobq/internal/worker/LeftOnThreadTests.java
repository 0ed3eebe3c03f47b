package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.LogLines;
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

    /** A security manager, or a subclass of Thread, may refuse. */
    @Test
    void whatCannotBeTakenAwayIsSaidAndHarmsNobody() throws InterruptedException {
        try (LogLines log = LogLines.capture()) {
            Thread stubborn =
                    new Thread(() -> {
                        LeftOnThread before = LeftOnThread.before();
                        Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[0]));
                        before.takeAway("job 1");
                    }) {
                        private int calls;

                        @Override
                        public void setContextClassLoader(ClassLoader loader) {
                            if (calls++ > 0) {
                                throw new IllegalStateException("no\nway");
                            }
                            super.setContextClassLoader(loader);
                        }
                    };
            stubborn.start();
            stubborn.join();
            assertThat(log.with("what its handler left"))
                    .containsExactly("WARN job 1: what its handler left on its thread can't be taken away: "
                            + "java.lang.IllegalStateException: no\\nway");
        }
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

        try (LogLines log = LogLines.capture()) {
            before.takeAway("job 1");
            before.takeAway("job 2");
            assertThat(log.with("its handler left a transaction"))
                    .singleElement()
                    .asString()
                    .startsWith("WARN job 1: ");
        }

        assertThat(TransactionSynchronizationManager.isSynchronizationActive()).isFalse();
        assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                .isFalse();
        assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
        assertThat(closed).isTrue();
    }
}
