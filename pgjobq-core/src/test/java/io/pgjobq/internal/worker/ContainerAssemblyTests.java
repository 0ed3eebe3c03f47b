package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.ContainerOptions;
import io.pgjobq.QueueOptions;
import io.pgjobq.internal.notify.LocalDispatch.WorkerSlot;
import io.pgjobq.internal.settle.ClaimBookTests;
import io.pgjobq.internal.store.StoreFailures;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The parts of a container do together what none of them does alone. */
@Timeout(30)
class ContainerAssemblyTests extends WorkFixture {

    private final BlockingQueue<Long> ran = new LinkedBlockingQueue<>();
    private final AtomicInteger created = new AtomicInteger();
    private final ContainerAssembly parts = new ContainerAssembly(
            "work",
            new Handlers("work", List.of(handler((payload, context) -> ran.add(context.id())))),
            QueueOptions.builder().build(),
            ContainerOptions.builder().concurrency(2).build(),
            services,
            created::incrementAndGet);

    @BeforeEach
    void begin() {
        node.register();
        settler.start();
        parts.workload().open();
    }

    @Test
    void whatTheLoopTakesIsRun() throws Exception {
        parts.number().set(7);
        tables.answers.add(FakeTables.jobs(1, 2));
        assertThat(parts.claims().step(() -> false)).isTrue();

        assertThat(List.of(ran.take(), ran.take())).containsExactlyInAnyOrder(1L, 2L);
        assertThat(tables.asked.remove().queue()).isEqualTo(7);
    }

    @Test
    void whatIsSentToASlotIsRun() throws Exception {
        parts.number().set(7);
        parts.claims().step(() -> false);
        Thread idle = WorkloadFixture.waiting(() -> parts.claims().step(() -> false));
        WorkerSlot slot = Objects.requireNonNull(parts.slots().reserve(5, ""));
        slot.fill(ClaimBookTests.job(slot.place().claim(), 3));

        assertThat(ran.take()).isEqualTo(3);
        parts.workload().close();
        idle.join();
    }

    @Test
    void aQueueThatWasDeletedIsCreatedByTheContainer() throws Exception {
        parts.number().set(7);
        tables.answers.add(FakeTables.failure(StoreFailures.queueGone()));
        assertThat(parts.claims().step(() -> false)).isTrue();

        assertThat(created).hasValue(1);
    }

    @Test
    void nothingIsTakenBeforeTheNumberIsKnownAndTheSettlerWakesWhoeverWaits() throws Exception {
        Thread taking = WorkloadFixture.waiting(() -> parts.claims().step(() -> false));
        assertThat(tables.asked).isEmpty();
        parts.number().set(7);
        settler.quarantine().tellWaiting();

        taking.join();
        assertThat(tables.asked).hasSize(1);
    }

    @Test
    void whatIsHeldIsGivenBackAndNotRunWhereItIsClosed() throws Exception {
        parts.number().set(7);
        tables.answers.add(request -> {
            parts.workload().close();
            return FakeTables.jobs(1).to(request);
        });
        assertThat(parts.claims().step(() -> false)).isTrue();
        assertThat(parts.claims().step(() -> false))
                .as("there is nothing more to do")
                .isFalse();

        settler.drain(Duration.ofSeconds(20));
        assertThat(settlements.succeeded).isEmpty();
        assertThat(ran).isEmpty();
        assertThat(parts.workload().find(1)).isNull();
    }
}
