package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the thread that takes jobs is to do, and when. */
@Timeout(30)
class WorkloadTests extends WorkloadFixture {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    @BeforeEach
    void open() {
        workload.open();
    }

    @Test
    void asManyAreTakenAtFirstAsRunAtOnce() {
        assertThat(step()).isEqualTo(new ClaimStep.Take(2));
    }

    @Test
    void nothingIsTakenBeforeItIsOpenOrAfterItIsClosed() {
        assertThat(workload.close()).isTrue();
        assertThat(workload.close()).isFalse();
        assertThat(workload.isOpen()).isFalse();
        assertThat(step()).isEqualTo(new ClaimStep.End());

        assertThat(workload.open()).isTrue();
        assertThat(workload.open()).isFalse();
        assertThat(workload.isOpen()).isTrue();
        assertThat(step()).isEqualTo(new ClaimStep.Take(2));
    }

    @Test
    void theThreadOfAnEarlierStartEndsAlthoughItIsOpenAgain() throws Exception {
        assertThat(workload.awaitStep(() -> true)).isEqualTo(new ClaimStep.End());
    }

    @Test
    void nothingIsTakenWhileItIsPaused() {
        workload.pause(true);
        assertThat(workload.isPaused()).isTrue();
        assertThat(step()).isNull();

        workload.pause(false);
        assertThat(workload.isPaused()).isFalse();
        assertThat(step()).isEqualTo(new ClaimStep.Take(2));
    }

    @Test
    void nothingIsTakenWhileTheNodeMayNot() {
        mayTake = false;
        assertThat(step()).isNull();

        mayTake = true;
        assertThat(step()).isEqualTo(new ClaimStep.Take(2));
    }

    @Test
    void nothingIsTakenUnlessSomethingWasAnnouncedOrMayHaveBeenMissed() {
        nothingIsKnown();
        assertThat(step()).isNull();
        workload.update(lanes -> lanes.announce(3, 1));
        assertThat(step()).isEqualTo(new ClaimStep.Take(2));

        nothingIsKnown();
        workload.pause(false);
        assertThat(step()).as("when it goes on after a pause").isEqualTo(new ClaimStep.Take(2));

        nothingIsKnown();
        workload.close();
        workload.open();
        assertThat(step()).as("when it is opened again").isEqualTo(new ClaimStep.Take(2));
    }

    @Test
    void onlyASlowHandlersFreePlacesAreFilled() {
        hold(2);
        assertThat(step()).as("two are held").isNull();
        JobRun first = workload.next(null);
        assertThat(step()).as("one is held, and runs soon").isNull();
        workload.next(null);
        assertThat(step()).as("both run").isNull();

        first.begin();
        now.addAndGet(21 * MILLI);
        workload.next(first);
        assertThat(step()).isEqualTo(new ClaimStep.Take(1));
    }

    @Test
    void forAFastHandlerAsManyAreHeldAsRunInTwentyMillisecondsAndMoreAreTakenWhenHalfOfThemRun() {
        runsOneFor(MILLI);
        assertThat(step()).isEqualTo(new ClaimStep.Take(2 + 40));

        hold(22);
        workload.next(null);
        assertThat(step()).as("more than half are held").isNull();
        workload.next(null);
        assertThat(step()).as("20 are held and 2 run").isEqualTo(new ClaimStep.Take(2 + 40 - 20 - 2));
    }

    @Test
    void moreAreHeldWhereTakingThemTakesLonger() {
        runsOneFor(MILLI);
        workload.hold(runs(1), 100 * MILLI);
        JobRun run = workload.next(null);
        run.begin();
        now.addAndGet(MILLI);
        workload.next(run);

        assertThat(step()).isEqualTo(new ClaimStep.Take(2 + 80));
    }

    @Test
    void whatIsHeldForTooLongIsToBeGivenBackAndLessIsHeldFromThenOn() {
        runsOneFor(MILLI);
        hold(21);
        now.addAndGet(HOLD);
        assertThat(step()).isNull();

        now.incrementAndGet();
        assertThat(step()).isEqualTo(new ClaimStep.GiveBack());
        assertThat(held()).hasSize(21);
        assertThat(step()).isEqualTo(new ClaimStep.Take(2));
    }

    @Test
    void whatCannotBeGivenBackIsStillHeld() {
        hold(2);

        assertThatIllegalStateException()
                .isThrownBy(() -> workload.giveBackHeld(held -> {
                    throw new IllegalStateException("no memory");
                }));

        assertThat(held()).containsExactly(1L, 2L);
        assertThat(held()).isEmpty();
    }

    /** Each with what stands in the way before. */
    static Stream<Arguments> changes() {
        return Stream.of(
                change("an announcement", WorkloadFixture::nothingIsKnown, w -> w.update(l -> l.announce(5, 1))),
                change("a change of the node", test -> test.mayTake = false, Workload::poke),
                change("the end of a pause", test -> test.workload.pause(true), w -> w.pause(false)),
                change("the end", test -> test.mayTake = false, Workload::close),
                change("the end of a job", WorkloadTests::runTwo, w -> w.next(aRunning(w))),
                change("the end of a runner", WorkloadTests::runTwo, w -> w.died(aRunning(w))),
                change("a job that will never end", WorkloadTests::runTwo, w -> w.abandon(aRunning(w))));
    }

    private static Arguments change(String name, Consumer<WorkloadTests> obstacle, Consumer<Workload> change) {
        return arguments(named(name, change), obstacle);
    }

    private void runTwo() {
        hold(2);
        workload.next(null);
        workload.next(null).begin();
    }

    private static JobRun aRunning(Workload workload) {
        return workload.running().get(0);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void theThreadThatWaitsIsWokenBy(Consumer<Workload> change, Consumer<WorkloadTests> obstacle) throws Exception {
        obstacle.accept(this);
        BlockingQueue<ClaimStep> steps = new LinkedBlockingQueue<>();
        Thread claiming = waiting(() -> steps.add(workload.awaitStep(() -> false)));
        assertThat(claiming.getState()).as("without a limit").isEqualTo(Thread.State.WAITING);

        mayTake = true;
        change.accept(workload);

        assertThat(steps.take()).isInstanceOfAny(ClaimStep.Take.class, ClaimStep.End.class);
    }

    @Test
    void theThreadThatWaitsComesBackByItselfForWhatIsHeld() throws Exception {
        BlockingQueue<ClaimStep> steps = new LinkedBlockingQueue<>();
        hold(1);
        waiting(() -> steps.add(workload.awaitStep(() -> false)));

        now.addAndGet(HOLD + 1);

        assertThat(steps.take()).isEqualTo(new ClaimStep.GiveBack());
    }

    @Test
    void theThreadThatWaitsComesBackByItselfForThePlaceOfASenderWhoIsStuck() throws Exception {
        hold(1);
        workload.next(null);
        nothingIsKnown();
        workload.keep(this, 5);
        workload.update(lanes -> lanes.announce(9, 1));
        BlockingQueue<ClaimStep> steps = new LinkedBlockingQueue<>();
        waiting(() -> steps.add(workload.awaitStep(() -> false)));

        now.addAndGet(HOLD);

        assertThat(steps.take()).isEqualTo(new ClaimStep.Take(1));
    }
}
