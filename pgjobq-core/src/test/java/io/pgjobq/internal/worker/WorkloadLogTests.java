package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.ContainerOptions;
import io.pgjobq.internal.settle.QuarantineSlot;
import io.pgjobq.test.LogLines;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadLogTests extends RunnerFixture {

    private boolean threads;
    private final Workload workload = new Workload(
            "work",
            ContainerOptions.builder().concurrency(3).build(),
            WorkloadFixture.oneByOne(),
            timer,
            new QuarantineSlot(),
            () -> true,
            () -> {
                if (!threads) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
            },
            System::nanoTime);

    @Test
    void aLackOfThreadsIsToldOnceAndSoIsItsEnd() {
        workload.open();
        try (LogLines log = LogLines.capture()) {
            workload.hold(List.of(attempt(job(PAYLOAD))), 1);
            workload.hold(List.of(attempt(job(PAYLOAD))), 1);
            assertThat(log.with("queue 'work'"))
                    .containsExactly("WARN queue 'work': no thread can be started for a job: "
                            + "java.lang.OutOfMemoryError: unable to create native thread");

            threads = true;
            workload.hold(List.of(attempt(job(PAYLOAD))), 1);
            workload.hold(List.of(attempt(job(PAYLOAD))), 1);
            assertThat(log.with("INFO queue 'work': threads can be started for jobs again"))
                    .hasSize(1);
        }
        assertThat(workload.next(null)).as("what was held runs").isNotNull();
    }
}
