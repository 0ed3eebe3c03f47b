package io.pgjobq.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.store.ClaimRequest;
import io.pgjobq.store.Claimed;
import io.pgjobq.store.ClaimedJob;
import io.pgjobq.store.ReadyJobs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class LanesTests {

    private final SuspectSlot suspects = new SuspectSlot();
    private final Lanes lanes = new Lanes(suspects);

    @Test
    void aSuspectIsLookedForByOneQueueAtATime() {
        Lanes others = new Lanes(suspects);
        ClaimRequest request = request(9);

        assertThat(others.take()).as("while the first is asking").doesNotContain(ReadyJobs.SUSPECTS);
        lanes.restore(request);
        short[] taken = others.take();
        assertThat(taken).contains(ReadyJobs.SUSPECTS);
        suspects.hold(7);
        assertThat(lanes.take()).as("while the other holds one").doesNotContain(ReadyJobs.SUSPECTS);
        suspects.settled(6);
        assertThat(lanes.take()).doesNotContain(ReadyJobs.SUSPECTS);
        suspects.settled(7);
        assertThat(lanes.take()).contains(ReadyJobs.SUSPECTS);
    }

    @Test
    void everythingIsLookedForAtFirstASuspectAndThenTheMostUrgentLane() {
        assertThat(lanes.hasWork()).isTrue();
        assertThat(lanes.take()).containsExactly(10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void anEmptiedLaneIsLookedAtAgainOnlyWhenSomethingIsAnnounced() {
        emptyAll(100);
        assertThat(lanes.hasWork()).isFalse();

        lanes.announce(5, 120);

        assertThat(lanes.take()).containsExactly(5);
        assertThat(lanes.start(lanes.take())).as("the hint").containsExactly(100);
    }

    @Test
    void aStragglerIsLookedForBelowTheHint() {
        emptyAll(100);
        lanes.announce(5, 120);
        lanes.announce(5, 42);

        assertThat(lanes.start(lanes.take())).containsExactly(42);
        assertThat(lanes.hasWork()).isFalse();
    }

    @Test
    void whatIsAnnouncedDuringARequestIsForTheNext() {
        emptyAll(100);
        lanes.announce(5, 100);
        ClaimRequest request = request(9);
        lanes.announce(5, 50);

        lanes.found(request, new Claimed(List.of(), List.of(new ReadyJobs(1, 5, 200))));

        assertThat(lanes.start(lanes.take())).containsExactly(50);
    }

    @Test
    void aFailedRequestIsMadeAgain() {
        emptyAll(100);
        lanes.announce(3, 20);
        ClaimRequest request = request(9);

        lanes.restore(request);

        assertThat(lanes.take()).containsExactly(3);
        assertThat(lanes.start(lanes.take())).containsExactly(20);
    }

    @Test
    void anIdleLaneAdvancesAndOneWithSomethingToLookForDoesNot() {
        emptyAll(100);
        lanes.announce(2, 50);
        lanes.advance(500);
        lanes.announce(7, 600);

        assertThat(lanes.start(lanes.take())).containsExactly(50, 500);
    }

    @Test
    void hintsNeverRecedeWithoutAReason() {
        emptyAll(100);
        lanes.advance(10);
        lanes.announce(0, 1_000);

        assertThat(lanes.start(lanes.take())).containsExactly(100);
    }

    private void emptyAll(long next) {
        ClaimRequest request = request(9);
        List<ReadyJobs> emptied = new ArrayList<>();
        for (short lane : request.lanes()) {
            emptied.add(new ReadyJobs(1, lane, next));
        }
        lanes.found(request, new Claimed(List.of(), emptied));
    }

    private ClaimRequest request(int limit) {
        short[] wanted = lanes.take();
        return new ClaimRequest(1, 1, 0, limit, wanted, lanes.start(wanted), null);
    }

    /** What happens around a worker's lanes. */
    sealed interface Event {

        /** A job is committed, and then announced; its seq may be far below others. */
        record Sent(int priority, long seq) implements Event {}

        /** A request for so many jobs is answered; if between, this job is committed and announced meanwhile. */
        record Taken(int limit, Sent between) implements Event {}

        /** The suspect that is held, if there is one, ends. */
        record SuspectEnded() implements Event {}

        /** A request is lost, before or after it took jobs that are given back later. */
        record Lost(int limit) implements Event {}
    }

    @Provide
    Arbitrary<List<Event>> events() {
        Arbitrary<Event.Sent> sent = Combinators.combine(
                        Arbitraries.of(0, 1, 2, 3, ReadyJobs.SUSPECTS),
                        Arbitraries.longs().between(1, 60))
                .as(Event.Sent::new);
        Arbitrary<Integer> limit = Arbitraries.integers().between(1, 5);
        return Arbitraries.<Event>oneOf(
                        sent,
                        sent,
                        Combinators.combine(limit, sent).as(Event.Taken::new),
                        limit.map(Event.Lost::new),
                        Arbitraries.just(new Event.SuspectEnded()))
                .list()
                .ofMaxSize(40);
    }

    @Property(tries = 500)
    void whateverWasAnnouncedIsTakenInTheEndHoweverLateItWasCommitted(@ForAll("events") List<Event> events) {
        Model model = new Model();
        for (Event event : events) {
            model.happens(event);
        }
        for (int i = 0; model.lanes.hasWork() || model.suspectHeld; i++) {
            assertThat(i).as("requests until there is nothing to look for").isLessThan(1_000);
            model.take(3, () -> {});
            model.happens(new Event.SuspectEnded());
        }
        assertThat(model.free).isEmpty();
        assertThat(model.taken).hasSameSizeAs(new TreeSet<>(model.taken));
    }

    /** The store, as far as a claim needs it: what is free, and how far claims have gone. */
    private static final class Model {

        private final SuspectSlot suspects = new SuspectSlot();
        private final Lanes lanes = new Lanes(suspects);
        private final TreeSet<Long> sent = new TreeSet<>();
        private final TreeSet<Long> free = new TreeSet<>();
        private final List<Long> taken = new ArrayList<>();
        private boolean suspectHeld;
        private final long[] claimed = new long[ReadyJobs.LANES];

        void happens(Event event) {
            if (event instanceof Event.Sent job) {
                send(job);
            } else if (event instanceof Event.Taken request) {
                take(request.limit(), () -> send(request.between()));
            } else if (event instanceof Event.SuspectEnded && suspectHeld) {
                suspectHeld = false;
                suspects.settled(1);
            } else if (event instanceof Event.Lost request) {
                lanes.restore(request(request.limit()));
            }
        }

        private void send(Event.Sent job) {
            if (sent.add(key(job.priority(), job.seq()))) {
                free.add(key(job.priority(), job.seq()));
                lanes.announce(job.priority(), job.seq());
            }
        }

        private static long key(int priority, long seq) {
            return priority * 1_000L + seq;
        }

        private ClaimRequest request(int limit) {
            short[] wanted = lanes.take();
            return new ClaimRequest(1, 1, 0, limit, wanted, lanes.start(wanted), null);
        }

        void take(int limit, Runnable between) {
            ClaimRequest request = request(limit);
            Claimed answer = answer(request);
            between.run();
            lanes.found(request, answer);
        }

        private Claimed answer(ClaimRequest request) {
            List<ClaimedJob> jobs = new ArrayList<>();
            List<ReadyJobs> emptied = new ArrayList<>();
            for (int i = 0; i < request.lanes().length && jobs.size() < request.limit(); i++) {
                int lane = request.lanes()[i];
                if (lane == ReadyJobs.SUSPECTS) {
                    takeSuspect(jobs);
                    continue;
                }
                long from = request.from()[i];
                Long next;
                while (jobs.size() < request.limit()
                        && (next = free.ceiling(key(lane, from))) != null
                        && next < key(lane + 1, 0)) {
                    free.remove(next);
                    taken.add(next);
                    long seq = next - key(lane, 0);
                    claimed[lane] = Math.max(claimed[lane], seq);
                    jobs.add(new ClaimedJob(next, seq, 1, 1, lane, false, 0, "", new byte[0], null, Instant.EPOCH));
                }
                if (jobs.size() < request.limit()) {
                    emptied.add(new ReadyJobs(1, lane, Math.max(from, claimed[lane] + 1)));
                }
            }
            return new Claimed(jobs, emptied);
        }

        private void takeSuspect(List<ClaimedJob> jobs) {
            assertThat(suspectHeld).as("a second suspect is asked for").isFalse();
            Long next = free.ceiling(key(ReadyJobs.SUSPECTS, 0));
            if (next != null) {
                free.remove(next);
                taken.add(next);
                suspectHeld = true;
                jobs.add(new ClaimedJob(next, next % 1_000, 1, 1, 3, true, 2, "", new byte[0], null, Instant.EPOCH));
            }
        }
    }
}
