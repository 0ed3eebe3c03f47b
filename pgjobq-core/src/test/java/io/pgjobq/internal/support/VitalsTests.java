package io.pgjobq.internal.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class VitalsTests {

    private long nanos = -5;
    private final Vitals vitals = new Vitals(Duration.ofNanos(10), () -> this.nanos);

    @Test
    void areGoodUntilSomethingHasFailedForLongerThanOthersWait() {
        assertThat(vitals.areGood()).isTrue();
        vitals.failed("one", new OutOfMemoryError("heap"));
        nanos += 10;
        vitals.failed("one", new OutOfMemoryError("again"));
        assertThat(vitals.areGood()).isTrue();

        nanos++;
        assertThat(vitals.areGood()).isFalse();
        assertThat(vitals.problems())
                .containsExactly(new Vitals.Problem("one", Duration.ofNanos(11), "java.lang.OutOfMemoryError: heap"));
    }

    @Test
    void areGoodAgainAsSoonAsItWorks() {
        vitals.failed("one", new OutOfMemoryError("heap"));
        nanos += 11;
        vitals.works("other");
        assertThat(vitals.areGood()).isFalse();

        vitals.works("one");
        assertThat(vitals.areGood()).isTrue();
        assertThat(vitals.problems()).isEmpty();
    }

    @Test
    void whatIsInterruptedIsNamedUntilItWorksAndIsCounted() {
        Outage away = new Outage(LoggerFactory.getLogger(VitalsTests.class), "taking jobs", vitals);
        away.failed(new IllegalStateException("away"));
        nanos += 20;
        away.failed(new IllegalStateException("still"));
        assertThat(vitals.outages())
                .containsExactly(new Vitals.Problem(
                        "taking jobs", Duration.ofNanos(20), "java.lang.IllegalStateException: away"));
        assertThat(vitals.areGood())
                .as("the database's fault is not the node's")
                .isTrue();

        away.recovered();
        assertThat(vitals.outages()).isEmpty();
        away.failed(new IllegalStateException("again"));
        assertThat(vitals.outageCount()).isEqualTo(2);
    }

    @Test
    void areGoodAgainWhenWhatFailedIsNotTriedAnyMore() {
        vitals.failed("one", new OutOfMemoryError("heap"));
        nanos += Duration.ofSeconds(15).toNanos() - 1;
        assertThat(vitals.areGood()).isFalse();

        nanos++;
        assertThat(vitals.areGood()).isTrue();
        assertThat(vitals.problems()).isEmpty();
        vitals.failed("one", new OutOfMemoryError("heap"));
        assertThat(vitals.areGood()).isTrue();
    }

    @Test
    void theOldestProblemComesFirst() {
        vitals.failed("b", new OutOfMemoryError());
        nanos++;
        vitals.failed("a", new OutOfMemoryError());

        assertThat(vitals.problems()).extracting(Vitals.Problem::activity).containsExactly("b", "a");
    }
}
