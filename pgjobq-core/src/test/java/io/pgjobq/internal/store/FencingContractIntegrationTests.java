package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgjobq.internal.database.NodeFencedException;
import io.pgjobq.internal.store.NodeRegistry.HeartbeatState;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** After a restore two processes may come with one number, and a claim may be there that names other jobs than its maker's. */
@PostgresTest
class FencingContractIntegrationTests {

    private final TestStore store;
    private final int node;
    private final Registration stranger;

    FencingContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
        stranger = new Registration(node, TestStore.TOKEN + 1);
    }

    @Test
    void whoComesWithAnotherTokenTakesNothing() {
        store.send();
        ClaimRequest r = store.request(node, 1);
        ClaimRequest forged = new ClaimRequest(
                r.queue(), stranger, r.claim(), r.limit(), r.limit(), r.lanes(), r.from(), r.last(), r.told(),
                r.types());

        assertThatExceptionOfType(NodeFencedException.class)
                .isThrownBy(() -> store.jobs().claim(forged));
        assertThat(store.count("claim")).isZero();
        assertThat(store.claim(node, 1)).hasSize(1);
    }

    @Test
    void whoComesWithAnotherTokenSendsAJobForEverybody() {
        SlotClaim place = new SlotClaim(store.queue(), stranger, ((long) node << 37) + 1, new long[6]);

        SentClaimed sent = store.jobs().sendClaimed(TestStore.job(5), "", TestStore.bytes("{}"), place);

        assertThat(Objects.requireNonNull(sent).claimed()).isFalse();
        assertThat(store.count("claim")).isZero();
    }

    @Test
    void whoComesWithAnotherTokenHasNoPulseAndKeepsNobodyAlive() {
        store.server().execute("update pgjobq.node set heartbeat_at = '2000-01-01'");

        assertThat(store.heartbeat(stranger).state()).isEqualTo(HeartbeatState.FENCED);
        assertThat(store.count("node where heartbeat_at = '2000-01-01'")).isEqualTo(1);
    }

    @Test
    void whoComesWithAnotherTokenTakesNobodyOffTheListAndSeesNoClaims() {
        store.send();
        store.claimOne(node);

        store.nodes().unregister(stranger);

        assertThat(store.count("node")).isEqualTo(1);
        assertThat(store.nodes().held(stranger)).isEmpty();
        assertThat(store.held(node)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSuccessIsRefusedForAJobThatItsClaimDoesNotName(boolean history) {
        keep(history);
        store.sendAll(5, 2);
        ClaimedJob held = store.claimOne(node);
        ClaimedJob other = store.claimOne(node);

        SettledSuccesses settled =
                store.settlements().succeeded(List.of(succeeded(other, held.claim()), succeeded(held)), new long[0]);

        assertThat(settled.settled()).containsExactly(held.id());
        assertThat(store.count("job where id = " + other.id())).isEqualTo(1);
        assertThat(store.succeed(List.of(other)).settled()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFailureIsRefusedForAJobThatItsClaimDoesNotName(boolean last) {
        store.sendAll(5, 2);
        ClaimedJob held = store.claimOne(node);
        ClaimedJob other = store.claimOne(node);
        Long retry = last ? null : Long.valueOf(1_000);

        List<SettledFailure> settled =
                store.settlements().failed(List.of(failed(of(other, held.claim()), retry), failed(held, retry)));

        assertThat(settled).extracting(SettledFailure::id).containsExactly(held.id());
        assertThat(store.count("job where id = " + other.id() + " and attempt = 0"))
                .isEqualTo(1);
    }

    @Test
    void anEndIsRefusedForAJobThatWasGivenBackFromItsClaim() {
        store.sendAll(5, 2);
        List<ClaimedJob> held = store.claim(node, 2);
        store.release(List.of(held.get(0)));

        assertThat(store.succeed(held).settled()).containsExactly(held.get(1).id());
        assertThat(ids(store.claim(node, 9))).containsExactly(held.get(0).id());
    }

    /** The claim is held until the end is committed: or it could be rescued, and the job be taken again, in between. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noRescueTakesAClaimAwayWhileAnEndIsBeingRecorded(boolean success) {
        store.send();
        ClaimedJob job = store.claimOne(node);
        store.leave(node);
        String end = success
                ? "select settled from pgjobq.settle_succeeded(array[%d], array[%d], array[%d], array[1], array[null::bytea],"
                        + " array[%d], array[%3$d::bigint], '{}')"
                : "select id from pgjobq.settle_failed(array[%d], array[%d], array[%d], array[1], '{t}', '{m}', '{s}',"
                        + " array[1000], '{dead}', array[%3$d])";

        store.transaction().executeWithoutResult(status -> {
            new JdbcTemplate(store.dataSource())
                    .queryForList(end.formatted(job.id(), job.seq(), job.claim(), store.queue()));
            assertThat(store.nodes().rescue(10)).isEmpty();
        });

        assertThat(store.count("claim")).isEqualTo(1);
    }

    private void keep(boolean history) {
        if (!history) {
            store.server().execute("update pgjobq.queue set keep_succeeded = '0'");
        }
    }

    private static Succeeded succeeded(ClaimedJob job) {
        return new Succeeded(job, 1, null);
    }

    private static Succeeded succeeded(ClaimedJob job, long claim) {
        return succeeded(of(job, claim));
    }

    private static Failed failed(ClaimedJob job, Long retry) {
        return new Failed(job, 1, new Failure("t", "m", "s"), retry);
    }

    private static ClaimedJob of(ClaimedJob j, long claim) {
        return new ClaimedJob(
                j.id(),
                j.seq(),
                claim,
                j.queue(),
                j.priority(),
                j.quarantined(),
                j.attempt(),
                j.type(),
                j.payload(),
                j.attributes(),
                j.sentAt(),
                j.readyAt());
    }
}
