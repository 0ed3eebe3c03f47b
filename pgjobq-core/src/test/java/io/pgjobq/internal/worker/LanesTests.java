package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.settle.QuarantineSlot;
import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.Claimed;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.Registration;
import io.pgjobq.test.RandomValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LanesTests {

    private final QuarantineSlot quarantine = new QuarantineSlot();
    private final Lanes lanes = new Lanes(quarantine, 0);

    @Test
    void aQuarantinedJobIsLookedForByOneQueueAtATime() {
        Lanes others = new Lanes(quarantine, 0);
        ClaimRequest request = request(9);

        assertThat(others.take(false)).as("while the first is asking").doesNotContain(LanePosition.QUARANTINE);
        lanes.restore(request);
        short[] taken = others.take(false);
        assertThat(taken).contains(LanePosition.QUARANTINE);
        quarantine.hold(7);
        assertThat(lanes.take(false)).as("while the other holds one").doesNotContain(LanePosition.QUARANTINE);
        quarantine.settled(6);
        assertThat(lanes.take(false)).doesNotContain(LanePosition.QUARANTINE);
        quarantine.settled(7);
        assertThat(lanes.take(false)).contains(LanePosition.QUARANTINE);
    }

    @Test
    void everythingIsLookedForAtFirstAQuarantinedJobAndThenTheMostUrgentLane() {
        assertThat(lanes.hasWork()).isTrue();
        assertThat(lanes.take(false)).containsExactly(10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void anEmptiedLaneIsLookedAtAgainOnlyWhenSomethingIsAnnounced() {
        emptyAll(100);
        assertThat(lanes.hasWork()).isFalse();

        lanes.announce(5, 120);

        assertThat(lanes.take(false)).containsExactly(5);
        assertThat(lanes.start(lanes.take(false)).from()).as("the hint").containsExactly(100);
    }

    @Test
    void aJobIsNewsInALaneThatWasEmptiedAndOfWhichNothingWasTold() {
        assertThat(lanes.isNews(5, 120)).as("before the first look").isFalse();
        emptyAll(100);
        assertThat(lanes.isNews(5, 99)).as("below what was seen").isFalse();
        assertThat(lanes.isNews(5, 120)).isTrue();

        lanes.announce(5, 130);
        assertThat(lanes.isNews(5, 120)).as("the lane is looked at anyway").isFalse();
    }

    @Test
    void aStragglerIsLookedForBelowTheHint() {
        emptyAll(100);
        lanes.announce(5, 120);
        lanes.announce(5, 42);

        assertThat(lanes.start(lanes.take(false)).from()).containsExactly(42);
        assertThat(lanes.hasWork()).isFalse();
    }

    @Test
    void whatIsAnnouncedDuringARequestIsForTheNext() {
        emptyAll(100);
        lanes.announce(5, 100);
        ClaimRequest request = request(9);
        lanes.announce(5, 50);

        lanes.found(request, new Claimed(List.of(), List.of(new LanePosition(1, 5, 200)), 0, null));

        assertThat(lanes.start(lanes.take(false)).from()).containsExactly(50);
    }

    @Test
    void aFailedRequestIsMadeAgain() {
        emptyAll(100);
        lanes.announce(3, 20);
        ClaimRequest request = request(9);

        lanes.restore(request);

        assertThat(lanes.take(false)).containsExactly(3);
        assertThat(lanes.start(lanes.take(false)).from()).containsExactly(20);
    }

    @Test
    void anIdleLaneAdvancesAndOneWithSomethingToLookForDoesNot() {
        emptyAll(100);
        lanes.announce(2, 50);
        lanes.advance(500);
        lanes.announce(7, 600);

        assertThat(lanes.start(lanes.take(false)).from()).containsExactly(50, 500);
    }

    @Test
    void hintsNeverRecedeWithoutAReason() {
        emptyAll(100);
        lanes.advance(10);
        lanes.announce(0, 1_000);

        assertThat(lanes.start(lanes.take(false)).from()).containsExactly(100);
    }

    @Test
    void whatOthersTakeIsGoneOverFromTheLastLookOnUnlessSomethingIsAnnounced() {
        emptyAll(100);
        lanes.announce(5, 100);
        take(100, 7);

        Lanes.Start start = lanes.start(lanes.take(false));
        assertThat(start.from()).containsExactly(101);
        assertThat(start.last()).containsExactly(7);
        assertThat(start.told()).as("nothing").containsExactly(Long.MAX_VALUE);

        lanes.announce(5, 101);
        take(101, 8);
        lanes.announce(5, 150);
        assertThat(lanes.start(lanes.take(false)).told()).containsExactly(150);
    }

    @Test
    void nothingIsGoneOverAfterARequestThatFailedOrEmptiedTheLane() {
        emptyAll(100);
        lanes.announce(5, 100);
        take(100, 7);
        lanes.restore(request(9));

        Lanes.Start start = lanes.start(lanes.take(false));
        assertThat(start.last()).containsExactly(0);
        assertThat(start.told()).isEqualTo(start.from());

        lanes.announce(5, 101);
        take(101, 8);
        lanes.found(request(9), new Claimed(List.of(), List.of(new LanePosition(1, 5, 200)), 0, null));
        lanes.announce(5, 300);
        assertThat(lanes.start(lanes.take(false)).last()).containsExactly(0);
    }

    @Test
    void nothingIsGoneOverWhereAnythingMayBe() {
        emptyAll(100);
        lanes.announce(5, 100);
        take(100, 7);
        lanes.lookEverywhere();

        Lanes.Start start = lanes.start(lanes.take(false));
        assertThat(start.from()).containsOnly(0);
        assertThat(start.told()).containsOnly(0);
    }

    /** Takes one job, the only one that was asked for. */
    private void take(long seq, long look) {
        ClaimedJob job =
                new ClaimedJob(seq, seq, 1, 1, 5, false, 0, "", new byte[0], null, Instant.EPOCH, Instant.EPOCH);
        lanes.found(request(1), new Claimed(List.of(job), List.of(), look, null));
    }

    private void emptyAll(long next) {
        ClaimRequest request = request(9);
        List<LanePosition> emptied = new ArrayList<>();
        for (short lane : request.lanes()) {
            emptied.add(new LanePosition(1, lane, next));
        }
        lanes.found(request, new Claimed(List.of(), emptied, 0, null));
    }

    private ClaimRequest request(int limit) {
        return request(lanes, limit);
    }

    private static ClaimRequest request(Lanes lanes, int limit) {
        short[] wanted = lanes.take(false);
        Lanes.Start start = lanes.start(wanted);
        return new ClaimRequest(
                1, new Registration(1, 1), 0, limit, limit, wanted, start.from(), start.last(), start.told(), null);
    }

    /** What happens around the lanes of two nodes. */
    sealed interface Event {

        /** A job is committed, and then announced; its seq may be far below others. */
        record Sent(int priority, long seq) implements Event {}

        /** A node's request for so many jobs is answered; this job is committed and announced meanwhile. */
        record Taken(int node, int limit, Sent between) implements Event {}

        /** The quarantined job that a node holds, if there is one, ends. */
        record QuarantinedEnded(int node) implements Event {}

        /** A claim, if there is one, has no job any more. */
        record ClaimEnded(int number) implements Event {}

        /** A node's request is lost, before or after it took jobs that are given back later. */
        record Lost(int node, int limit) implements Event {}
    }

    private static Event event(RandomValues values) {
        return switch (values.intBetween(0, 6)) {
            case 0, 1 -> sent(values);
            case 2, 3 -> new Event.Taken(node(values), limit(values), sent(values));
            case 4 -> new Event.ClaimEnded(values.intBetween(0, 9));
            case 5 -> new Event.Lost(node(values), limit(values));
            default -> new Event.QuarantinedEnded(node(values));
        };
    }

    private static Event.Sent sent(RandomValues values) {
        int priority = values.oneOf(List.of(0, 1, 1, 1, 2, 3, LanePosition.QUARANTINE));
        return new Event.Sent(priority, values.longBetween(1, 60));
    }

    private static int node(RandomValues values) {
        return values.oneOf(List.of(0, 1));
    }

    private static int limit(RandomValues values) {
        return values.oneOf(List.of(1, 2, 3, 4, 5));
    }

    /** By either node alone: the other may hear everything, and never ask again. */
    @Test
    void whateverWasAnnouncedIsTakenInTheEndHoweverLateItWasCommitted() {
        RandomValues.times(3_000, values -> {
            Store store = new Store();
            values.list(0, 60, () -> event(values)).forEach(store::happens);
            NodeLanes node = store.nodes.get(node(values));
            for (int i = 0; node.isLeft(); i++) {
                assertThat(i).as("requests until there is nothing to look for").isLessThan(1_000);
                store.take(node, 3, () -> {});
                node.endQuarantined();
            }
            assertThat(store.free).isEmpty();
            assertThat(store.taken).hasSameSizeAs(new TreeSet<>(store.taken));
        });
    }

    /** A node, as far as it takes jobs. */
    private static final class NodeLanes {

        private final QuarantineSlot quarantine = new QuarantineSlot();
        private final Lanes lanes = new Lanes(quarantine, 0);
        private boolean quarantinedHeld;

        boolean isLeft() {
            return quarantinedHeld || lanes.hasWork();
        }

        void endQuarantined() {
            if (quarantinedHeld) {
                quarantinedHeld = false;
                quarantine.settled(1);
            }
        }
    }

    /**
     * A claim that is still there.
     *
     * @param since the first look on which it relies; they are numbered as they were made
     */
    private record Claim(int lane, long from, long max, long since) {}

    /** The store, as far as a claim needs it: what is free, what claims there are, and how far they have gone. */
    private static final class Store {

        private final List<NodeLanes> nodes = List.of(new NodeLanes(), new NodeLanes());
        private final TreeSet<Long> sent = new TreeSet<>();
        private final TreeSet<Long> free = new TreeSet<>();
        private final List<Long> taken = new ArrayList<>();
        private final List<Claim> claims = new ArrayList<>();
        private final long[] claimed = new long[LanePosition.LANES];
        private long looks;

        void happens(Event event) {
            if (event instanceof Event.Sent job) {
                send(job);
            } else if (event instanceof Event.Taken request) {
                take(nodes.get(request.node()), request.limit(), () -> send(request.between()));
            } else if (event instanceof Event.QuarantinedEnded ended) {
                nodes.get(ended.node()).endQuarantined();
            } else if (event instanceof Event.ClaimEnded ended && ended.number() < claims.size()) {
                claims.remove(ended.number());
            } else if (event instanceof Event.Lost lost) {
                Lanes lanes = nodes.get(lost.node()).lanes;
                lanes.restore(request(lanes, lost.limit()));
            }
        }

        private void send(Event.Sent job) {
            if (sent.add(key(job.priority(), job.seq()))) {
                free.add(key(job.priority(), job.seq()));
                nodes.forEach(node -> node.lanes.announce(job.priority(), job.seq()));
            }
        }

        private static long key(int priority, long seq) {
            return priority * 1_000L + seq;
        }

        void take(NodeLanes node, int limit, Runnable between) {
            ClaimRequest request = request(node.lanes, limit);
            Claimed answer = answer(node, request);
            between.run();
            node.lanes.found(request, answer);
        }

        private Claimed answer(NodeLanes node, ClaimRequest request) {
            List<ClaimedJob> jobs = new ArrayList<>();
            List<LanePosition> emptied = new ArrayList<>();
            for (int i = 0; i < request.lanes().length && jobs.size() < request.limit(); i++) {
                int lane = request.lanes()[i];
                if (lane == LanePosition.QUARANTINE) {
                    takeQuarantined(node, jobs);
                    continue;
                }
                Claim relied = relied(request, i);
                long from = relied == null ? request.from()[i] : Math.min(relied.max + 1, request.told()[i]);
                long max = takeFrom(lane, from, request.limit(), jobs);
                looks++;
                if (max > 0) {
                    claims.add(
                            relied == null
                                    ? new Claim(lane, from, max, looks)
                                    : new Claim(lane, relied.from, max, relied.since));
                }
                if (jobs.size() < request.limit()) {
                    emptied.add(new LanePosition(1, lane, Math.max(request.from()[i], claimed[lane] + 1)));
                }
            }
            return new Claimed(jobs, emptied, looks, null);
        }

        private long takeFrom(int lane, long from, int limit, List<ClaimedJob> jobs) {
            long max = 0;
            Long next;
            while (jobs.size() < limit && (next = free.ceiling(key(lane, from))) != null && next < key(lane + 1, 0)) {
                free.remove(next);
                taken.add(next);
                max = next - key(lane, 0);
                jobs.add(new ClaimedJob(
                        next, max, 1, 1, lane, false, 0, "", new byte[0], null, Instant.EPOCH, Instant.EPOCH));
            }
            claimed[lane] = Math.max(claimed[lane], max);
            return max;
        }

        /** As claim.sql does. */
        private @Nullable Claim relied(ClaimRequest request, int i) {
            long from = request.from()[i];
            long last = request.last()[i];
            if (last == 0 || from >= request.told()[i]) {
                return null;
            }
            return claims.stream()
                    .filter(claim -> claim.lane == request.lanes()[i]
                            && claim.from <= from
                            && claim.max >= from - 1
                            && claim.since >= last)
                    .max(Comparator.comparing(Claim::max))
                    .orElse(null);
        }

        private void takeQuarantined(NodeLanes node, List<ClaimedJob> jobs) {
            assertThat(node.quarantinedHeld)
                    .as("a second quarantined job is asked for")
                    .isFalse();
            Long next = free.ceiling(key(LanePosition.QUARANTINE, 0));
            if (next != null) {
                free.remove(next);
                taken.add(next);
                node.quarantinedHeld = true;
                jobs.add(new ClaimedJob(
                        next, next % 1_000, 1, 1, 3, true, 2, "", new byte[0], null, Instant.EPOCH, Instant.EPOCH));
            }
        }
    }
}
