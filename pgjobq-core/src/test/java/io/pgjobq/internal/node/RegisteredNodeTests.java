package io.pgjobq.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.pgjobq.internal.store.NodeRegistry;
import io.pgjobq.internal.store.Registration;
import io.pgjobq.internal.support.Vitals;
import io.pgjobq.test.LogLines;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RegisteredNodeTests {

    private static final Duration TIMEOUT = Duration.ofSeconds(14);

    private static final Connection SESSION = (Connection) Proxy.newProxyInstance(
            RegisteredNodeTests.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
                throw new UnsupportedOperationException(method.getName());
            });

    private final AtomicLong clock = new AtomicLong(5);
    private final List<String> told = new ArrayList<>();
    private final Registry registry = new Registry();
    private final Vitals vitals = new Vitals(TIMEOUT, clock::get);
    private final RegisteredNode node =
            new RegisteredNode(registry, "a", TIMEOUT, new Told(), vitals, new Random(1), clock::get);

    @Test
    void hasNoNumberAndNoClaimsBeforeItIsRegistered() {
        assertThat(node.id()).isZero();
        assertThat(node.registration()).isNull();
        assertThatIllegalStateException().isThrownBy(() -> node.nextClaims(1)).withMessageContaining("not registered");
    }

    @Test
    void eachRegistrationHasATokenAndClaimsOfItsOwnEvenIfTheNumberComesBack() {
        Set<Long> tokens = new HashSet<>();
        Set<Long> claims = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            registry.last = 0;
            node.register();
            tokens.add(node.registration().token());
            claims.add(node.nextClaims(1).first());
        }

        assertThat(tokens).hasSize(1_000);
        assertThat(claims).hasSize(1_000).allMatch(claim -> claim >> 37 == 1);
    }

    @Test
    void idsOfClaimsFollowEachOtherAndAreItsOwn() {
        node.register();
        Node.ClaimIds first = node.nextClaims(3);
        Node.ClaimIds next = node.nextClaims(1);

        assertThat(next.first()).isEqualTo(first.first() + 3);
        assertThat(first.by()).isEqualTo(node.registration());
        assertThat(node.made(first.first())).isTrue();
        assertThat(node.made(first.first() + (1L << 37))).isFalse();
    }

    @Test
    void registersAnewWhenAllIdsAreUsedUp() {
        node.register();
        Registration before = node.registration();
        node.nextClaims(Integer.MAX_VALUE);
        for (int i = 0; node.registration().equals(before) && i < 200; i++) {
            node.nextClaims(Integer.MAX_VALUE);
        }

        assertThat(node.id()).isEqualTo(2);
        assertThat(registry.listed).containsExactly(node.registration());
    }

    @Test
    void registersAnewWhenTheListDoesNotHaveIt() {
        node.register();
        Node.ClaimIds before = node.nextClaims(1);
        registry.listed.clear();

        beat();

        assertThat(node.id()).isEqualTo(2);
        assertThat(node.made(before.first())).isFalse();
        assertThat(told).containsExactly("in doubt");
    }

    @Test
    void registersAnewOnceForEachRegistration() {
        node.register();
        Registration first = node.registration();

        node.fenced(first);
        node.fenced(first);

        assertThat(node.id()).isEqualTo(2);
    }

    @Test
    void aFailedRegistrationIsTriedAgainByTheNextBeat() throws SQLException {
        node.register();
        registry.listed.clear();
        registry.failure = new IllegalStateException("away");

        assertThatIllegalStateException().isThrownBy(this::beat);
        assertThat(node.id()).isEqualTo(1);

        registry.failure = null;
        beat();
        assertThat(node.id()).isEqualTo(2);
    }

    @Test
    void isInDoubtWhenTheTimelineIsAnother() {
        node.register();
        beat();
        registry.history = "1/00000002";
        beat();
        beat();

        assertThat(told).containsExactly("drawn 0", "in doubt", "drawn 0", "drawn 0");
    }

    @Test
    void isInDoubtWhenTheSequenceHasComeBack() {
        node.register();
        registry.drawn = 10;
        beat();
        registry.drawn = 9;
        try (LogLines log = LogLines.capture()) {
            beat();
            beat();
            assertThat(log.with("WARN"))
                    .containsExactly(
                            "WARN node 1 'a': the database has forgotten commits, as its sequence has come back;"
                                    + " what this node holds is compared with what is there");
        }

        assertThat(told).containsExactly("drawn 10", "in doubt", "drawn 9", "drawn 9");
    }

    @Test
    void isNotInDoubtOfAnAnswerThatWasOvertaken() {
        node.register();
        registry.drawn = 10;
        registry.during = () -> {
            registry.during = null;
            clock.incrementAndGet();
            registry.drawn = 20;
            beat();
            registry.drawn = 10;
        };
        beat();

        assertThat(told).containsExactly("drawn 20", "drawn 10");
    }

    @Test
    void holdsTheSessionLockOfItsNumber() throws SQLException {
        node.register();
        node.beat(SESSION, true);
        node.beat(SESSION, true);
        assertThat(registry.locks).containsExactly(1);

        node.lost();
        assertThat(told).contains("connection lost");
        node.beat(SESSION, true);
        assertThat(registry.locks).containsExactly(1, 1);
    }

    @Test
    void mayBeDeadWhenItWasSilentForAsLongAsIsAllowedAndNotBefore() {
        node.register();
        clock.addAndGet(Duration.ofSeconds(12).toNanos());
        assertThat(node.mayBeDead()).isFalse();

        clock.incrementAndGet();
        assertThat(node.mayBeDead()).isTrue();

        beat();
        assertThat(node.mayBeDead()).isFalse();
    }

    @Test
    void isInDoubtWhenItsHeartbeatsAreAnsweredAgain() {
        node.register();
        node.reconnected();

        assertThat(told).containsExactly("in doubt");
    }

    @Test
    void doesNotSayThatItLivesWhenItHasNotWorkedForAsLongAsOthersWait() throws SQLException {
        node.register();
        vitals.failed("settling jobs", new OutOfMemoryError("heap"));
        clock.addAndGet(TIMEOUT.toNanos());
        node.beat(SESSION, true);
        assertThat(node.isFit()).isTrue();

        clock.incrementAndGet();
        assertThat(node.isFit()).isFalse();
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> node.beat(SESSION, true))
                .withMessageContaining("settling jobs");
        assertThat(registry.beats).isEqualTo(1);

        vitals.works("settling jobs");
        node.beat(SESSION, true);
        assertThat(registry.beats).isEqualTo(2);
    }

    @Test
    void leavesTheListOnceAndBeatsNoMore() {
        node.register();
        node.unregister();
        node.unregister();
        beat();

        assertThat(registry.listed).isEmpty();
        assertThat(registry.beats).isZero();
        assertThat(node.id()).isZero();
    }

    @Test
    void leavesEvenIfTheDatabaseIsAway() {
        node.register();
        registry.failure = new IllegalStateException("away");
        node.unregister();

        assertThat(node.id()).isZero();
    }

    @Test
    void queuesThatAHeartbeatDoesNotFindAreToldOf() {
        node.register();
        beat();
        registry.missing = List.of(8);
        beat();

        assertThat(told).containsExactly("drawn 0", "drawn 0", "missing [8]");
    }

    private void beat() {
        try {
            node.beat(SESSION, false);
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private final class Told implements RegisteredNode.Observer {

        @Override
        public int[] queues() {
            return new int[] {7, 8};
        }

        @Override
        public void missing(List<Integer> queues) {
            told.add("missing " + queues);
        }

        @Override
        public void scheduled(@Nullable Long inMillis) {}

        @Override
        public void cancellations() {
            told.add("cancellations");
        }

        @Override
        public void othersSilent() {
            told.add("others silent");
        }

        @Override
        public void connectionLost() {
            told.add("connection lost");
        }

        @Override
        public void time(Instant shown, Duration took) {}

        @Override
        public void drawn(long position) {
            told.add("drawn " + position);
        }

        @Override
        public void inDoubt() {
            told.add("in doubt");
        }
    }

    /** A list that forgets, and counts. */
    private static final class Registry implements NodeRegistry {

        private final Set<Registration> listed = new HashSet<>();
        private final List<Integer> locks = new ArrayList<>();
        private int last;
        private int beats;
        private long drawn;
        private String history = "1/00000001";
        private List<Integer> missing = List.of();
        private boolean cancellations;
        private @Nullable Runnable during;
        private @Nullable RuntimeException failure;

        @Override
        public int register(long token, String name, Duration heartbeatEvery, Duration silenceAllowed) {
            fail();
            listed.add(new Registration(++last, token));
            return last;
        }

        @Override
        public void unregister(Registration registration) {
            fail();
            listed.remove(registration);
        }

        private void fail() {
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public boolean lock(Connection connection, int node) {
            return locks.add(node);
        }

        @Override
        public HeartbeatResult heartbeat(
                Connection connection, Registration registration, boolean locked, int[] queues) {
            assertThat(queues).containsExactly(7, 8);
            beats++;
            if (during != null) {
                during.run();
            }
            return listed.contains(registration)
                    ? new HeartbeatResult(
                            HeartbeatState.WELL, drawn, history, missing, cancellations, null, Instant.EPOCH)
                    : new HeartbeatResult(HeartbeatState.FENCED, 0, "", List.of(), false, null, null);
        }
    }
}
