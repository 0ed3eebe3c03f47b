package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.ContainerOptions;
import io.pgjobq.Handler;
import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.Claimed;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.StoreFailures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClaimerTests extends WorkFixture {

    private static final ContainerOptions TWO_AT_ONCE =
            ContainerOptions.builder().concurrency(2).build();

    private static final short[] ALL = {10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

    private final AtomicInteger runners = new AtomicInteger();
    private final Workload workload = new Workload(
            "work",
            TWO_AT_ONCE,
            WorkloadFixture.oneByOne(),
            services.timer(),
            settler.quarantine(),
            () -> true,
            runners::incrementAndGet,
            now::get);
    private final Queue host = new Queue();
    private final AtomicInteger toldOfQuarantine = new AtomicInteger();
    private final Claimer claimer = new Claimer(
            "work",
            new Handlers("work", List.of(new Handler("h", String.class, Set.of("t"), null, (p, c) -> null))),
            services,
            workload,
            host);

    private final class Queue implements Claimer.Host {

        int number = 7;
        int made;
        int givenBack;

        @Nullable
        Throwable failure;

        @Override
        public int queueId() {
            return number;
        }

        @Override
        public void createQueue() {
            fail();
            made++;
        }

        @Override
        public JobRun attempt(ClaimedJob job) {
            fail();
            return new JobRun(
                    job,
                    "work",
                    3,
                    new RunnerFixture.Known(false),
                    () -> false,
                    settler::settle,
                    report -> {},
                    now::get);
        }

        @Override
        public void giveBackHeld() {
            givenBack++;
        }

        private void fail() {
            if (failure != null) {
                throw RunnerFixture.<RuntimeException>sneaky(failure);
            }
        }
    }

    @BeforeEach
    void begin() {
        node.register();
        workload.open();
        settler.quarantine().onFree(toldOfQuarantine::incrementAndGet);
    }

    private boolean hasWork() {
        return workload.<Boolean>read((lanes, turns) -> lanes.hasWork());
    }

    @Test
    void asksForAsManyAsThereIsRoomForInAllLanesThatAreWanted() {
        long used = node.nextClaims(1).first();
        assertThat(claimer.claim(42)).isZero();

        ClaimRequest request = tables.asked.remove();
        assertThat(request.queue()).isEqualTo(7);
        assertThat(request.node()).isEqualTo(node.registration());
        assertThat(request.limit()).isEqualTo(42);
        assertThat(request.lanes()).isEqualTo(ALL);
        assertThat(request.types()).containsExactly("", "t");
        assertThat(request.from()).containsOnly(0).hasSize(11);
        assertThat(request.claim())
                .as("ids are counted from the last that was used")
                .isEqualTo(used);
        assertThat(node.nextClaims(1).first()).as("one for each lane is used").isGreaterThan(request.claim() + 11);
    }

    @Test
    void whatIsAskedForAndPerhapsMadeIsKnownUntilItIsAnswered() {
        tables.answers.add(request -> {
            assertThat(book.knows(request.claim() + 1)).isTrue();
            assertThat(book.knows(request.claim() + 11)).isTrue();
            assertThat(book.knows(request.claim() + 12)).isFalse();
            return FakeTables.nothing(request);
        });

        claimer.claim(2);

        assertThat(upkeep.claimsInDoubt).as("failed assertions").hasValue(0);
        assertThat(book.knows(tables.asked.remove().claim() + 1)).isFalse();
    }

    @Test
    void whatWasTakenIsHeldAndInTheBookAndWhatWasEmptiedIsNotLookedAtAgain() {
        tables.answers.add(FakeTables.jobs(1, 2));

        assertThat(claimer.claim(3)).isZero();

        assertThat(book.knows(tables.asked.remove().claim() + 1, 2)).isTrue();
        assertThat(workload.next(null).id()).isEqualTo(1);
        assertThat(runners).hasValue(2);
        assertThat(hasWork()).isFalse();
        assertThat(host.givenBack).isZero();
    }

    @Test
    void whatIsAnnouncedDuringAClaimIsForTheNext() {
        tables.answers.add(request -> {
            workload.update(lanes -> lanes.announce(4, 3));
            return FakeTables.nothing(request);
        });

        claimer.claim(2);
        assertThat(hasWork()).isTrue();
        claimer.claim(2);

        tables.asked.remove();
        assertThat(tables.asked.remove().lanes()).containsExactly(4);
    }

    @Test
    void aSlowClaimIsMeasuredSoThatMoreAreHeld() throws Exception {
        tables.answers.add(request -> {
            now.addAndGet(Duration.ofMillis(100).toNanos());
            return FakeTables.jobs(1).to(request);
        });
        claimer.claim(2);
        JobRun run = workload.next(null);
        run.begin();
        now.addAndGet(Duration.ofMillis(1).toNanos());
        workload.next(run);
        workload.update(lanes -> lanes.announce(5, 2));

        assertThat(workload.awaitStep(() -> false)).isEqualTo(new ClaimStep.Take(2 + 80));
    }

    @ParameterizedTest
    @MethodSource("io.pgjobq.internal.worker.RunnerFixture#unchecked")
    void afterAFailureTheSameIsAskedForAgainAfterAPauseAndWhatWasMadeIsLookedFor(Throwable thrown) {
        tables.answers.add(FakeTables.failure(thrown));

        assertThat(claimer.claim(2)).isPositive();

        assertThat(upkeep.claimsInDoubt).hasValue(1);
        assertThat(book.knows(tables.asked.remove().claim() + 1)).isFalse();
        assertThat(claimer.claim(2)).isZero();
        assertThat(tables.asked.remove().lanes()).isEqualTo(ALL);
        assertThat(vitals.problems()).isEmpty();
    }

    @Test
    void aNodeThatWasDeclaredDeadRegistersAnewAndAsksAgainAtOnce() {
        tables.answers.add(FakeTables.failure(StoreFailures.nodeFenced()));

        assertThat(claimer.claim(2)).isZero();

        assertThat(node.id()).isEqualTo(2);
        assertThat(upkeep.claimsInDoubt).as("it has no claims").hasValue(0);
        claimer.claim(2);
        assertThat(tables.asked.remove().node().node()).isEqualTo(1);
        ClaimRequest again = tables.asked.remove();
        assertThat(again.node()).isEqualTo(node.registration());
        assertThat(again.lanes()).isEqualTo(ALL);
    }

    @Test
    void aNodeThatCannotRegisterAnewTriesAgainAfterAPause() {
        tables.answers.add(FakeTables.failure(StoreFailures.nodeFenced()));
        nodes.failure = new IllegalStateException("away");

        assertThat(claimer.claim(2)).isPositive();
    }

    @Test
    void aQueueThatWasDeletedIsMadeAgainAndAskedAtOnce() {
        tables.answers.add(FakeTables.failure(StoreFailures.queueGone()));

        assertThat(claimer.claim(2)).isZero();

        assertThat(host.made).isEqualTo(1);
        assertThat(upkeep.claimsInDoubt).hasValue(0);
        assertThat(hasWork()).isTrue();
        assertThat(settler.quarantine().isFree()).isTrue();
    }

    @Test
    void aQueueThatCannotBeMadeAgainIsTriedAgainAfterAPause() {
        tables.answers.add(FakeTables.failure(StoreFailures.queueGone()));
        host.failure = new OutOfMemoryError("heap");

        assertThat(claimer.claim(2)).isPositive();
        assertThat(vitals.problems()).hasSize(1);
    }

    @Test
    void aNodeThatIsNotRegisteredAsksForNothingAndLooksEverywhereLater() {
        claimer.claim(2);
        tables.asked.clear();
        node.unregister();

        assertThat(claimer.claim(2)).isPositive();

        assertThat(tables.asked).isEmpty();
        assertThat(hasWork()).isTrue();
        node.register();
        claimer.claim(2);
        assertThat(tables.asked.remove().lanes()).isEqualTo(ALL);
    }

    @Test
    void jobsThatWereTakenAndCannotBeHeldAreUnknownSoThatTheyAreGivenBack() {
        tables.answers.add(request -> new Claimed(
                List.of(FakeTables.job(request, 1, true), FakeTables.job(request, 2, false)),
                List.of(new LanePosition(7, 99, 0)),
                0,
                null));

        assertThat(claimer.claim(2)).isPositive();

        assertThat(book.knows(tables.asked.remove().claim() + 1)).isFalse();
        assertThat(upkeep.claimsInDoubt).hasValue(2 + 1);
        assertThat(workload.next(null)).isNull();
        assertThat(settler.quarantine().isFree()).isTrue();
    }

    @Test
    void jobsOfWhichNoAttemptCanBeMadeAreUnknownSoThatTheyAreGivenBack() {
        tables.answers.add(FakeTables.jobs(1));
        host.failure = new OutOfMemoryError("heap");

        assertThat(claimer.claim(2)).isPositive();

        assertThat(book.knows(tables.asked.remove().claim() + 1)).isFalse();
        assertThat(upkeep.claimsInDoubt).hasValue(1);
        assertThat(workload.next(null)).isNull();
    }

    @Test
    void jobsThatComeWhenItIsPausedOrClosedAreGivenBackAtOnce() {
        List<Runnable> ends = List.of(() -> workload.pause(true), () -> {
            workload.pause(false);
            workload.close();
        });
        for (Runnable end : ends) {
            tables.answers.add(request -> {
                end.run();
                return FakeTables.jobs(1).to(request);
            });
            claimer.claim(2);
        }

        assertThat(host.givenBack).isEqualTo(2);
        List<JobRun> held = new ArrayList<>();
        workload.giveBackHeld(held::addAll);
        assertThat(held).hasSize(2);
    }

    @Test
    void otherQueuesLearnWhenTheyMayAskForAQuarantinedJob() {
        claimer.claim(2);
        assertThat(settler.quarantine().isFree()).isTrue();
        assertThat(toldOfQuarantine).hasValue(1);

        workload.update(lanes -> lanes.announce(5, 1));
        claimer.claim(2);
        assertThat(toldOfQuarantine).as("it asked for none").hasValue(1);

        workload.update(lanes -> lanes.announce(10, 1));
        tables.answers.add(FakeTables.failure(new IllegalStateException("away")));
        claimer.claim(2);
        assertThat(toldOfQuarantine).hasValue(2);
        assertThat(settler.quarantine().isFree()).isTrue();
    }
}
