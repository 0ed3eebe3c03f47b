package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RoundsTests {

    private final Vitals vitals = new Vitals(Duration.ofSeconds(30), () -> this.nanos);
    private final Background background = new Background("rounds", vitals);
    private final Rounds rounds = new Rounds(background, () -> this.nanos, vitals);
    private final List<String> done = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    /** Clocks of this kind may be negative, and pass through zero. */
    private long nanos = -TimeUnit.SECONDS.toNanos(5);

    @Test
    void aTaskThatNobodyAskedForIsNotRun() {
        add("one", Duration.ZERO);
        round();

        assertThat(done).isEmpty();
    }

    @Test
    void aTaskIsRunWhenItIsDueAndAgainWhenItSaysSo() {
        Task task = add("one", Duration.ofSeconds(3));
        task.in(Duration.ofSeconds(2));
        rounds(5);
        assertThat(done).isEmpty();

        pass(2_000);
        rounds(5);
        assertThat(done).containsExactly("one");
        pass(2_999);
        rounds(5);
        assertThat(done).hasSize(1);
        pass(1);
        rounds(5);
        assertThat(done).containsExactly("one", "one");
    }

    @Test
    void theEarlierOfTwoTimesHolds() {
        Task task = add("one", Step.SELDOM);
        task.in(Duration.ofSeconds(2));
        task.in(Duration.ofSeconds(1));
        task.in(Duration.ofSeconds(3));
        pass(1_000);
        round();

        assertThat(done).containsExactly("one");
    }

    @Test
    void aStepIsToldWhetherSomebodyAskedForIt() {
        Task task = rounds.add("one", asked -> {
            done.add(asked ? "asked" : "due");
            return Step.SELDOM;
        });
        task.ask();
        rounds(2);
        task.in(Duration.ZERO);
        rounds(2);

        assertThat(done).containsExactly("asked", "due");
    }

    @Test
    void whatIsAskedForWhileItRunsIsDoneTheNextTime() {
        List<Task> tasks = new ArrayList<>();
        tasks.add(rounds.add("one", asked -> {
            done.add("one");
            if (done.size() == 1) {
                tasks.get(0).ask();
            }
            return Step.SELDOM;
        }));
        tasks.get(0).ask();
        rounds(5);

        assertThat(done).hasSize(2);
    }

    @Test
    void aTaskThatHasMoreToDoLetsTheOthersHaveTheirTurn() {
        add("much", Duration.ZERO).ask();
        add("little", Step.SELDOM).ask();
        rounds(3);

        assertThat(done).containsExactly("much", "little", "much", "much");
    }

    @Test
    void aTaskThatFailedIsRunAgainAfterItsBackOffWhoeverAsksMeanwhile() {
        Task task = rounds.add("one", asked -> {
            done.add(asked ? "asked" : "due");
            if (done.size() < 3) {
                throw new IllegalStateException("away");
            }
            return Step.SELDOM;
        });
        task.ask();
        round();
        task.ask();
        round();
        assertThat(done).containsExactly("asked");
        pass(10_000);
        round();
        pass(10_000);
        rounds(3);

        assertThat(done).as("what was asked for is not forgotten").containsExactly("asked", "asked", "asked");
        assertThat(failures).hasSize(2);
    }

    @Test
    void anErrorOfOneTaskEndsNeitherItNorTheOthers() {
        Task bad = rounds.add("bad", asked -> {
            done.add("bad");
            throw new AssertionError("no memory");
        });
        Task good = add("good", Step.SELDOM);
        bad.ask();
        good.ask();
        round();
        pass(10_000);
        round();

        assertThat(done).containsExactly("bad", "good", "bad");
        assertThat(failures).hasSize(2).allMatch(AssertionError.class::isInstance);
    }

    @Test
    @Timeout(20)
    void theThreadIsWokenByWhatBecomesDueEarlier() throws Exception {
        Background awake = new Background("awake", vitals);
        Rounds real = new Rounds(awake, System::nanoTime, vitals);
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch third = new CountDownLatch(3);
        Task task = real.add("one", asked -> {
            first.countDown();
            third.countDown();
            return Step.SELDOM;
        });
        awake.start(() -> {
            boolean goesOn = real.awaitDue();
            real.runDue(failures::add);
            return goesOn;
        });
        try {
            task.ask();
            first.await();
            task.in(Duration.ofMillis(1));
            while (third.getCount() > 1) {
                Thread.onSpinWait();
            }
            task.ask();
            third.await();
        } finally {
            awake.stop();
        }
        assertThat(failures).isEmpty();
    }

    private Task add(String name, Duration again) {
        return rounds.add(name, asked -> {
            done.add(name);
            return again;
        });
    }

    private void pass(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void rounds(int count) {
        for (int i = 0; i < count; i++) {
            round();
        }
    }

    private void round() {
        rounds.runDue(failures::add);
    }
}
