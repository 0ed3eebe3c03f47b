package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.Handler;
import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Settlement.AlreadySettled;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.CannotCreateTransactionException;

class JobRunnerTests extends RunnerFixture {

    private boolean lacking;

    @Test
    void aLaterVersionOfWhatIsKnownIsGivenBack() {
        JobRun later =
                attempt(new ClaimedJob(1, 1, 1, 1, 5, false, 0, "t@2", PAYLOAD, null, Instant.EPOCH, Instant.EPOCH));
        assertThat(runner(handler((payload, context) -> payload)).run(later, goneOn::incrementAndGet))
                .isTrue();
        assertThat(settled).singleElement().isInstanceOf(Released.class);
    }

    @Test
    void anAttemptThatCantBeginIsGivenBackAndItsQueueRestsUntilItIsChargedAfterAMinute() {
        Handler handler = handler(refusing(new CannotCreateTransactionException("full")), (payload, context) -> null);
        JobRunner runner = runner(handler);
        runner.run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(settled).singleElement().isInstanceOf(Released.class);
        assertThat(backOff.rest()).hasMillis(100);

        settled.clear();
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        runner.run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(failure().error().type()).isEqualTo(CannotCreateTransactionException.class.getName());
        assertThat(failure().retryInMillis()).isNotNull();
    }

    @Test
    void aPayloadThatDoesNotFitTheHeapIsChargedAtOnce() {
        store.failure = new DataAccessResourceFailureException("read", new Exception(new OutOfMemoryError()));
        runner(handler((payload, context) -> null)).run(attempt(job(null)), goneOn::incrementAndGet);
        assertThat(failure().error().type()).isEqualTo(DataAccessResourceFailureException.class.getName());
        assertThat(backOff.rest()).isZero();
    }

    @Test
    void aPayloadThatCantBeReadForTheMomentIsNotCharged() {
        store.failure = new DataAccessResourceFailureException("away");
        runner(handler((payload, context) -> null)).run(attempt(job(null)), goneOn::incrementAndGet);
        assertThat(settled).singleElement().isInstanceOf(Released.class);
        assertThat(backOff.rest()).isPositive();
    }

    @Test
    void aMissingPartitionIsNotChargedAndTheQueueRestsUntilAnAttemptGetsThrough() {
        JobRunner runner = runner(handler((payload, context) -> {
            if (lacking) {
                throw new DataAccessResourceFailureException(
                        "", new SQLException("no partition of relation \"finished_job\" found for row", "23514"));
            }
            return null;
        }));
        lacking = true;
        runner.run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(settled).singleElement().isInstanceOf(Released.class);
        assertThat(backOff.rest()).hasMillis(100);
        assertThat(upkeep.partitionsMissing).hasValue(1);

        lacking = false;
        runner.run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(settled).last().isInstanceOf(Succeeded.class);
        assertThat(backOff.rest()).isZero();
    }

    @Test
    void whatTheHandlerLeavesOnItsThreadIsTakenAwayAlsoIfItThrows() {
        runner(handler((payload, context) -> {
                    MDC.put("tenant", "acme");
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException();
                }))
                .run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(MDC.get("tenant")).isNull();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aJobThatWasTakenAwayIsNotRun() {
        lost = true;
        run(CompletableFuture.failedFuture(new AssertionError("was run")));
        assertThat(settled).singleElement().isInstanceOf(AlreadySettled.class);
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void whateverTheHandlerThrowsSettlesItsJob(Throwable thrown) {
        runner(handler((payload, context) -> {
                    throw thrown;
                }))
                .run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(failure().error().type()).isEqualTo(thrown.getClass().getName());
    }

    @ParameterizedTest
    @MethodSource("unchecked")
    void whateverFailsOnTheWayToTheHandlerSettlesItsJob(Throwable thrown) {
        store.failure = thrown;
        runner(handler((payload, context) -> null)).run(attempt(job(null)), goneOn::incrementAndGet);
        assertThat(settled).hasSize(1);

        converter = new Broken(thrown);
        run("unused");
        assertThat(settled).hasSize(2);

        Handler handler = handler(refusing(thrown), (payload, context) -> null);
        runner(handler).run(attempt(job(new byte[0])), goneOn::incrementAndGet);
        converter = new JacksonPayloadConverter();
        runner(handler).run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(settled).hasSize(4);
    }

    @ParameterizedTest
    @MethodSource("unchecked")
    void whateverFailsOnTheWayBackSettlesItsJob(Throwable thrown) {
        store.inTransaction = true;
        store.failure = thrown;
        Handler handler = handler(transaction(new AtomicInteger()), (payload, context) -> "r");
        runner(handler).run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
        assertThat(failure().error().type()).isEqualTo(thrown.getClass().getName());
    }
}
