package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.pgjobq.internal.node.QuietRegistry;
import io.pgjobq.internal.node.RegisteredNode;
import io.pgjobq.internal.node.Unobserved;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.LaneStore.Neglected;
import io.pgjobq.internal.store.LaneStore.Promotion;
import io.pgjobq.internal.store.NodeStore.Rescue;
import io.pgjobq.internal.store.QueueStore;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Vitals;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.DataIntegrityViolationException;

/** What is due is done by the test, as its clock passes; where a thread is needed, the test says so. */
@Timeout(20)
class MaintenanceTests {

    private static final String[] START = {
        "maintain",
        "drop",
        "purge 1000",
        "unknown",
        "promote 1000",
        "sweep 0",
        "schedules 100",
        "sweep keys",
        "sweep holds",
        "sweep progress",
        "expired 100"
    };

    private long nanos = -TimeUnit.SECONDS.toNanos(5);

    private final Vitals vitals = new Vitals(Duration.ofSeconds(30), () -> this.nanos);
    private final Heard heard = new Heard();
    private final FakeTables tables = new FakeTables();
    private final FakeWorkers workers = new FakeWorkers();
    private final RegisteredNode node = new RegisteredNode(
            new QuietRegistry(),
            "a",
            Duration.ofSeconds(14),
            new Unobserved(),
            vitals,
            new Random(1),
            () -> this.nanos);
    private final List<Runnable> threads = new ArrayList<>();
    private final Maintenance maintenance = maintenance(new Background("upkeep", vitals, this::neverRun));

    MaintenanceTests() {
        node.register();
    }

    @Test
    void nothingIsDoneBeforeTheStart() {
        maintenance.runDue();

        assertThat(tables.calls).isEmpty();
        assertThat(threads).isEmpty();
    }

    @Test
    void atTheStartAllIsLookedAfterButDeadNodesWhichOthersDo() {
        started();

        assertThat(tables.calls).containsExactly(START);
        assertThat(workers.calls).containsExactly("advance 0", "compare 1");
        assertThat(threads).hasSize(1);
    }

    @Test
    void eachThingIsDoneAgainInItsTime() {
        started();
        forget();
        tables.position++;
        pass(4_999);
        assertThat(tables.calls).isEmpty();
        pass(1);
        assertThat(tables.calls).containsExactly("sweep 0");
        pass(24_999);
        assertThat(workers.calls).doesNotContain("compare 1");
        workers.took = true;
        pass(1);
        assertThat(workers.calls).contains("compare 1");
        pass(TimeUnit.MINUTES.toMillis(20) - 30_000);
        assertThat(tables.calls)
                .contains("maintain", "drop", "purge 1000", "unknown")
                .doesNotContain("promote 1000");
    }

    @Test
    void whatIsLeftToBeDoneIsGoneOnWithAfterTheOthersHaveHadTheirTurn() {
        tables.purge = new QueueStore.Purge(new long[] {9}, true);
        started();
        forget();
        maintenance.sweep();
        maintenance.runDue();

        assertThat(tables.calls).containsExactly("maintain", "drop", "purge 1000", "sweep 0");
        assertThat(heard.signals).containsExactly(new Signal.Ended(List.of(9L)));
    }

    @Test
    void aJobThatWaitsIsPutInLineWhenItIsDueAndTheNextOneThen() {
        started();
        forget();
        maintenance.due(700);
        tables.promotion = new Promotion(List.of(new LanePosition(7, 5, 12)), 300L, null);
        pass(699);
        assertThat(tables.calls).isEmpty();
        pass(1);
        assertThat(tables.calls).containsExactly("promote 1000");
        assertThat(heard.signals).containsExactly(new Signal.Ready(7, 5, 12));
        tables.promotion = new Promotion(List.of(), null, null);
        pass(300);
        pass(1_000);

        assertThat(tables.calls).containsExactly("promote 1000", "promote 1000");
    }

    @Test
    void aScheduleIsLookedAtWhenItIsDueAndDeclaredWhereThatIsNotDone() {
        started();
        forget();
        tables.nextSchedule = 300L;
        maintenance.scheduled(700L);
        pass(699);
        assertThat(tables.calls).isEmpty();
        pass(1);
        tables.declared = false;
        maintenance.scheduled(null);
        pass(0);
        assertThat(tables.calls).containsExactly("schedules 100", "declare", "schedules 100");
    }

    @Test
    void silentNodesAreDeclaredDeadWhenAHeartbeatHasShownThem() {
        started();
        forget();
        tables.rescued = Collections.nCopies(50, new Rescue(7, new LanePosition(7, 5, 12), 1, 0, 0, new long[0]));
        maintenance.othersSilent();
        maintenance.runDue();
        tables.rescued = List.of();
        maintenance.runDue();
        maintenance.runDue();

        assertThat(tables.calls).containsExactly("declare dead", "rescue 50", "rescue 50");
        assertThat(heard.signals).hasSize(100).containsOnly(new Signal.Ready(7, 5, 12), new Signal.Room(7));
    }

    @Test
    void whatAPollFindsIsActedUpon() {
        started();
        forget();
        tables.neglected = new Neglected(List.of(new LanePosition(7, 5, 12)), -5_000L, true);
        maintenance.sweep();
        maintenance.runDue();
        assertThat(heard.signals).containsExactly(new Signal.Ready(7, 5, 12));
        assertThat(workers.calls).contains("report " + new LanePosition(7, 5, 12));
        maintenance.runDue();

        assertThat(tables.calls).as("others judge who is dead").containsExactly("sweep 0", "rescue 50", "promote 1000");
    }

    @Test
    void aNumberThatWasDrawnAtRestMakesThePollComeNow() {
        tables.on("sweep 0", () -> nanos += TimeUnit.SECONDS.toNanos(1));
        started();
        pass(20_000);
        pass(20_000);
        forget();
        maintenance.drawn(10);
        maintenance.runDue();
        assertThat(tables.calls).as("nothing has been drawn").isEmpty();
        maintenance.drawn(11);
        maintenance.runDue();

        assertThat(tables.calls).as("not at all there is, which takes long").containsExactly("sweep 10");
    }

    @Test
    void whereWakeUpsMayHaveBeenMissedAllIsLookedAtAlthoughNumbersRest() {
        started();
        pass(5_000);
        pass(5_000);
        forget();
        maintenance.sweep();
        maintenance.runDue();

        assertThat(tables.calls).containsExactly("sweep 0");
    }

    @Test
    void whatThisNodeHoldsIsComparedWhenAskedForAndWhatWasGivenBackIsLookedFor() {
        started();
        forget();
        workers.givesBack = true;
        maintenance.reclaimOrphans();
        maintenance.runDue();
        assertThat(workers.calls).containsExactly("compare 1");
        maintenance.runDue();

        assertThat(tables.calls).containsExactly("sweep 0");
    }

    @Test
    void aPartitionThatIsMissingIsMadeSoon() {
        started();
        forget();
        maintenance.lookAfterHistorySoon();
        maintenance.runDue();

        assertThat(tables.calls).containsExactly("maintain", "drop", "purge 1000", "unknown");
    }

    @Test
    void whereTheDatabaseMayHaveForgottenCommitsNothingThatWasSeenCounts() {
        started();
        pass(5_000);
        forget();
        tables.position = 3;
        maintenance.inDoubt();
        assertThat(workers.calls).as("at once").containsExactly("look everywhere");
        assertThat(tables.calls).isEmpty();
        maintenance.runDue();

        assertThat(tables.calls).containsExactly("sweep 0");
        assertThat(workers.calls).containsExactly("look everywhere", "look everywhere", "advance 0", "compare 1");
    }

    @Test
    void aTaskThatFailsKeepsNoneOfTheOthersAndIsMadeUpForByASweepAndAComparison() {
        tables.on("purge 1000", () -> {
            throw new IllegalStateException("away");
        });
        started();
        assertThat(tables.calls)
                .containsExactlyElementsOf(Arrays.stream(START)
                        .filter(call -> !call.equals("unknown"))
                        .toList());
        forget();
        maintenance.runDue();
        assertThat(tables.calls).as("asked for before they ran").isEmpty();
        tables.on("promote 1000", () -> {
            throw new OutOfMemoryError("heap");
        });
        maintenance.due(0);
        maintenance.runDue();
        maintenance.runDue();

        assertThat(tables.calls).containsExactly("promote 1000", "sweep 0");
        assertThat(workers.calls).contains("compare 1");
        assertThat(vitals.problems()).extracting(Vitals.Problem::activity).containsExactly("due jobs");
    }

    @Test
    void aTaskThatFailsForLackOfAPartitionHasItMade() {
        started();
        tables.on("promote 1000", () -> {
            throw new IllegalStateException("away");
        });
        forget();
        maintenance.due(0);
        maintenance.runDue();
        maintenance.runDue();
        assertThat(tables.calls).as("any other is no reason").containsExactly("promote 1000", "sweep 0");
        forget();
        tables.on("rescue 50", () -> {
            throw new DataIntegrityViolationException(
                    "pgjobq", new SQLException("no partition of relation \"finished_job\" found for row", "23514"));
        });
        maintenance.othersSilent();
        maintenance.runDue();
        maintenance.runDue();

        assertThat(tables.calls)
                .containsExactly("declare dead", "rescue 50", "sweep 0", "maintain", "drop", "purge 1000", "unknown");
    }

    @Test
    void nothingMoreIsBegunOnceItIsToStop() {
        tables.on("drop", () -> {
            try {
                maintenance.stop();
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            }
        });
        started();
        assertThat(tables.calls).as("what was begun ends").containsExactly("maintain", "drop", "purge 1000", "unknown");
        maintenance.runDue();
        assertThat(tables.calls).hasSize(4);
        tables.on("drop", () -> {});
        forget();
        started();

        assertThat(tables.calls).containsExactly(START);
        assertThat(threads).hasSize(2);
    }

    @Test
    void aStartWithoutAThreadFailsAndMayBeTriedAgain() {
        Maintenance unlucky = maintenance(new Background("upkeep", vitals, work -> {
            throw new IllegalStateException("no thread");
        }));

        assertThatIllegalStateException().isThrownBy(unlucky::start);
        assertThatIllegalStateException().isThrownBy(unlucky::start);
    }

    /** Heartbeats tell of what they show on a thread that nothing may hold up. */
    @Test
    void nobodyWhoTellsOfSomethingWaitsForTheTables() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        CountDownLatch lookedAgain = new CountDownLatch(2);
        tables.on("sweep 0", () -> {
            begun.countDown();
            lookedAgain.countDown();
            await(answered);
        });
        Maintenance threaded = maintenance(new Background("upkeep", vitals));
        threaded.start();
        begun.await();
        List<String> before = List.copyOf(tables.calls);
        threaded.othersSilent();
        threaded.drawn(11);
        threaded.inDoubt();
        threaded.reclaimOrphans();
        threaded.sweep();
        threaded.due(0);
        threaded.lookAfterHistorySoon();
        assertThat(tables.calls).isEqualTo(before);
        answered.countDown();
        lookedAgain.await();
        threaded.stop();
        int calls = tables.calls.size();
        threaded.sweep();

        assertThat(tables.calls).contains("declare dead").hasSize(calls);
    }

    private Maintenance maintenance(Background background) {
        return new Maintenance(
                node,
                tables,
                new Doorbell(heard, null),
                workers,
                Duration.ofSeconds(5),
                vitals,
                background,
                () -> nanos);
    }

    private void started() {
        maintenance.start();
        maintenance.runDue();
    }

    private void pass(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
        maintenance.runDue();
    }

    private void forget() {
        tables.calls.clear();
        workers.calls.clear();
        heard.signals.clear();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private Thread neverRun(Runnable work) {
        threads.add(work);
        return new Thread(() -> {});
    }
}
