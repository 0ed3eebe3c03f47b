package io.pgjobq.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.Mockito.mock;

import io.pgjobq.Handler;
import io.pgjobq.JobHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.InvalidIsolationLevelException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.SimpleTransactionStatus;

@ExtendWith(OutputCaptureExtension.class)
class HandlerTransactionsTests {

    record Email(String to) {}

    static class Recording implements PlatformTransactionManager {

        private final List<TransactionDefinition> begun = new ArrayList<>();

        @Override
        public TransactionStatus getTransaction(TransactionDefinition definition) {
            begun.add(definition);
            return new SimpleTransactionStatus();
        }

        @Override
        public void commit(TransactionStatus status) {}

        @Override
        public void rollback(TransactionStatus status) {}
    }

    static class Handlers {

        @JobHandler("plain")
        void plain(Email email) {}

        @Transactional(timeout = 7, isolation = Isolation.SERIALIZABLE)
        @JobHandler("required")
        void required(Email email) {}

        @Transactional(propagation = Propagation.MANDATORY)
        @JobHandler("mandatory")
        void mandatory(Email email) {}

        @Transactional(propagation = Propagation.REQUIRES_NEW)
        @JobHandler("new")
        void requiresNew(Email email) {}

        @Transactional(readOnly = true)
        @JobHandler("read-only")
        void readOnly(Email email) {}
    }

    @Test
    void aTransactionalHandlerRunsInATransactionOfItsDefinition() {
        try (ScannedHandlers handlers = ScannedHandlers.of(Handlers.class, Recording.class)) {
            TransactionDefinition begun = begunBy(handlers, "required", handlers.bean(Recording.class));
            assertThat(begun.getPropagationBehavior()).isEqualTo(TransactionDefinition.PROPAGATION_REQUIRED);
            assertThat(begun.getTimeout()).isEqualTo(7);
            assertThat(begun.getIsolationLevel()).isEqualTo(TransactionDefinition.ISOLATION_SERIALIZABLE);
            assertThat(begun.getName()).isEqualTo("Handlers.required(Email)");
        }
    }

    @Test
    void aMandatoryTransactionIsBegunForTheHandler() {
        try (ScannedHandlers handlers = ScannedHandlers.of(Handlers.class, Recording.class)) {
            TransactionDefinition begun = begunBy(handlers, "mandatory", handlers.bean(Recording.class));
            assertThat(begun.getPropagationBehavior()).isEqualTo(TransactionDefinition.PROPAGATION_REQUIRED);
        }
    }

    @Test
    void aHandlerThatIsNotTransactionalHasNoTransaction() {
        try (ScannedHandlers handlers = ScannedHandlers.of(Handlers.class, Recording.class)) {
            assertThat(handlers.only("plain").transaction()).isNull();
        }
    }

    @Test
    void aTransactionOfItsOwnOrReadOnlyIsNotJoinedAndSaidSo(CapturedOutput output) {
        try (ScannedHandlers handlers = ScannedHandlers.of(Handlers.class, Recording.class)) {
            assertThat(handlers.only("new").transaction()).isNull();
            assertThat(handlers.only("read-only").transaction()).isNull();
            assertThat(output)
                    .contains("Handlers.requiresNew(Email) is @Transactional, but its propagation is neither")
                    .contains("Handlers.readOnly(Email) is @Transactional, but it is read-only")
                    .contains("may run again after a crash");
        }
    }

    @Transactional
    static class ClassLevel {

        @JobHandler("class")
        void handle(Email email) {}
    }

    @Test
    void theAnnotationMayBeOnTheClass() {
        try (ScannedHandlers handlers = ScannedHandlers.of(ClassLevel.class, Recording.class)) {
            assertThat(handlers.only("class").transaction()).isNotNull();
        }
    }

    static class Qualified {

        @Transactional("${manager:second}")
        @JobHandler("literal")
        void placeholder(Email email) {}
    }

    @Test
    void theManagerIsTheOneNamedByTheAnnotation() {
        Recording second = new Recording();
        try (ScannedHandlers handlers = ScannedHandlers.with(context -> {
            context.register(Qualified.class);
            context.registerBean("first", Recording.class, Recording::new);
            context.registerBean("second", Recording.class, () -> second);
        })) {
            begunBy(handlers, "literal", second);
        }
    }

    @Test
    void severalManagersWithoutAChoiceFailTheStart() {
        InvalidJobHandlerException failure = catchThrowableOfType(
                InvalidJobHandlerException.class,
                () -> ScannedHandlers.with(context -> {
                    context.register(ClassLevel.class);
                    context.registerBean("first", Recording.class, Recording::new);
                    context.registerBean("second", Recording.class, Recording::new);
                }));
        assertThat(failure).hasMessageContaining("ClassLevel.handle(Email)").hasMessageContaining("first,second");
        assertThat(failure.action()).contains("name one of several in @Transactional");
    }

    static class Escaping {

        @Transactional
        @JobHandler("private")
        private void handle(Email email) {}
    }

    @Test
    void aTransactionalMethodThatNoProxyCanInterceptFailsTheStart() {
        InvalidJobHandlerException failure = catchThrowableOfType(
                InvalidJobHandlerException.class, () -> ScannedHandlers.of(Escaping.class, Recording.class));
        assertThat(failure).hasMessageContaining("Escaping.handle(Email) is @Transactional");
        assertThat(failure.action()).contains("package-private, protected or public");
    }

    @Test
    void aManagerOfAnotherDataSourceIsNotJoinedAndSaidSo(CapturedOutput output) {
        try (ScannedHandlers handlers = withManagerOf(mock(DataSource.class))) {
            assertThat(handlers.only("class").transaction()).isNull();
            assertThat(output).contains("its transaction manager is not that of pgjobq's DataSource");
        }
    }

    @Test
    void aManagerOfTheSameDataSourceIsJoinedAlsoBehindAProxy() {
        try (ScannedHandlers handlers =
                withManagerOf(new TransactionAwareDataSourceProxy(ScannedHandlers.DATA_SOURCE))) {
            assertThat(handlers.only("class").transaction()).isNotNull();
        }
    }

    private static ScannedHandlers withManagerOf(DataSource dataSource) {
        return ScannedHandlers.with(context -> {
            context.register(ClassLevel.class);
            context.registerBean(JdbcTransactionManager.class, () -> new JdbcTransactionManager(dataSource));
        });
    }

    private static TransactionDefinition begunBy(ScannedHandlers handlers, String queue, Recording manager) {
        Handler handler = handlers.only(queue);
        assertThat(handler.transaction()).isNotNull();
        manager.begun.clear();
        handler.transaction().executeWithoutResult(status -> {});
        assertThat(manager.begun).hasSize(1);
        return manager.begun.get(0);
    }

    static class NoLevels extends Recording {

        @Override
        public TransactionStatus getTransaction(TransactionDefinition definition) {
            throw new InvalidIsolationLevelException("no isolation levels here");
        }
    }

    @Test
    void anIsolationLevelThatTheManagerRefusesFailsTheStart() {
        InvalidJobHandlerException failure = catchThrowableOfType(
                InvalidJobHandlerException.class, () -> ScannedHandlers.of(Handlers.class, NoLevels.class));
        assertThat(failure)
                .hasMessageContaining("Handlers.required(Email) is @Transactional")
                .hasMessageContaining("no isolation levels here");
        assertThat(failure.action()).contains("Take the isolation level out");
    }

    static class Away extends Recording {

        @Override
        public TransactionStatus getTransaction(TransactionDefinition definition) {
            super.getTransaction(definition);
            throw new CannotCreateTransactionException("away");
        }
    }

    static class TwoLevels {

        @Transactional(isolation = Isolation.SERIALIZABLE)
        @JobHandler("one")
        void one(Email email) {}

        @Transactional(isolation = Isolation.REPEATABLE_READ)
        @JobHandler("two")
        void two(Email email) {}
    }

    @Test
    void aDatabaseThatIsAwayDoesNotFailTheStartAndIsWaitedForOnce() {
        try (ScannedHandlers handlers = ScannedHandlers.of(TwoLevels.class, Away.class)) {
            assertThat(handlers.only("one").transaction()).isNotNull();
            assertThat(handlers.only("two").transaction()).isNotNull();
            Recording away = handlers.bean(Away.class);
            assertThat(away.begun).hasSize(1);
        }
    }

    static class GoesOn {

        @Transactional
        @JobHandler("goes-on")
        CompletableFuture<Void> handle(Email email) {
            return new CompletableFuture<>();
        }
    }

    @Test
    void aTransactionalHandlerWhoseWorkGoesOnFailsTheStart() {
        InvalidJobHandlerException failure = catchThrowableOfType(
                InvalidJobHandlerException.class, () -> ScannedHandlers.of(GoesOn.class, Recording.class));
        assertThat(failure).hasMessageContaining("GoesOn.handle(Email) is @Transactional, but its work goes on");
        assertThat(failure.action()).contains("begin transactions where the work is done");
    }
}
