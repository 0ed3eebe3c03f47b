package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A claim goes over what others have taken since its node's last one at once, and over nothing else. */
@PostgresTest
class ClaimJumpContractIntegrationTests {

    private static final long NOTHING = Long.MAX_VALUE;

    private final TestStore store;
    private final int one;
    private final int other;

    ClaimJumpContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        one = store.node();
        other = store.node();
    }

    @Test
    void goesAtOnceOverWhatOthersHaveTakenSince() {
        List<Long> ids = store.sendAll(5, 9);
        Claimed last = take(store.requestFrom(one, 2, 5, 0));
        Claimed first = take(store.requestFrom(other, 2, 5, ids.get(2)));
        Claimed second = take(store.requestAfter(first, 2, NOTHING));
        store.succeed(first.jobs(), first.jobs().get(0).claim());
        freeUntold(second.jobs().get(0));

        assertThat(ids(take(store.requestAfter(last, 2, NOTHING)).jobs()))
                .as("without a look at what nobody told of")
                .isEqualTo(ids.subList(6, 8));
        assertThat(ids(take(store.requestFrom(one, 2, 5, ids.get(2))).jobs()))
                .as("with one")
                .containsExactly(ids.get(4), ids.get(8));
    }

    @Test
    void looksAtWhatWasAnnouncedSince() throws Exception {
        List<Long> before = store.sendAll(5, 3);
        try (Connection late = store.server().open()) {
            late.setAutoCommit(false);
            long straggler = Objects.requireNonNull(
                            store.jobs().send(late, TestStore.job(5), "", TestStore.bytes("{}"), null))
                    .ids()[0];
            List<Long> ids = store.sendAll(5, 3);
            Claimed last = take(store.requestFrom(one, 2, 5, 0));
            assertThat(ids(take(store.requestFrom(other, 2, 5, before.get(2))).jobs()))
                    .containsExactly(before.get(2), ids.get(0));
            late.commit();

            assertThat(ids(take(store.requestAfter(last, 2, straggler)).jobs())).containsExactly(straggler, ids.get(1));
        }
    }

    /** The other has looked before: what became free since then has been announced, but to a look that did not get there. */
    @Test
    void reliesOnNothingThatIsOlderThanItsNodesLastLook() {
        List<Long> ids = store.sendAll(5, 8);
        Claimed others = take(store.requestFrom(other, 6, 5, 0));
        store.release(others.jobs().subList(0, 3));
        Claimed last = take(store.requestFrom(one, 2, 5, 0));

        assertThat(ids(take(store.requestAfter(last, 2, NOTHING)).jobs())).containsExactly(ids.get(2), ids.get(6));
    }

    @Test
    void reliesOnNothingThatItselfReliesOnSomethingOlder() {
        List<Long> ids = store.sendAll(5, 10);
        Claimed others = take(store.requestFrom(other, 2, 5, 0));
        Claimed first = take(store.requestFrom(one, 2, 5, ids.get(2)));
        Claimed last = take(store.requestAfter(others, 2, NOTHING));
        Claimed reliesOnThat = take(store.requestAfter(first, 2, NOTHING));
        freeUntold(reliesOnThat.jobs().get(0));

        assertThat(ids(take(store.requestAfter(last, 2, NOTHING)).jobs())).containsExactly(ids.get(6), ids.get(8));
    }

    @Test
    void reliesOnNoClaimForOtherTypes() {
        for (String[] types : new String[][] {null, {"", "one"}}) {
            store.server().execute("truncate pgjobq.job, pgjobq.claim");
            List<Long> ids = store.sendAll(5, 6);
            Claimed last = take(store.requestFrom(one, 2, 5, 0));
            store.server().execute("update pgjobq.job set type = 'one' where id = " + ids.get(2));
            assertThat(ids(take(store.request(other, 3, new String[] {"", "other"}, 5))
                            .jobs()))
                    .isEqualTo(ids.subList(3, 6));

            assertThat(ids(take(of(types, store.requestAfter(last, 2, NOTHING))).jobs()))
                    .as("of " + Arrays.toString(types))
                    .containsExactly(ids.get(2));
        }
    }

    @Test
    void reliesOnAClaimForTheSameTypes() {
        String[] types = {"", "one"};
        List<Long> ids = store.sendAll(5, 6);
        Claimed last = take(of(types, store.requestFrom(one, 2, 5, 0)));
        freeUntold(take(of(types, store.requestFrom(other, 2, 5, ids.get(2))))
                .jobs()
                .get(0));

        assertThat(ids(take(of(types, store.requestAfter(last, 2, NOTHING))).jobs()))
                .isEqualTo(ids.subList(4, 6));
    }

    private static ClaimRequest of(String @Nullable [] types, ClaimRequest r) {
        return new ClaimRequest(
                r.queue(), r.node(), r.claim(), r.limit(), r.limit(), r.lanes(), r.from(), r.last(), r.told(), types);
    }

    /** Jobs are committed late and given back, and each is announced to both; in the end one of them takes all there is. */
    @RepeatedTest(50)
    void twoThatTakeTurnsMissNothing() {
        Random random = new Random();
        List<Long> ids = store.sendAll(5, 60);
        store.server().execute("update pgjobq.job set lane = 11 where id % 3 = 0");
        List<Long> late = new ArrayList<>(ids.stream().filter(id -> id % 3 == 0).toList());
        Collections.shuffle(late, random);
        List<Taker> takers = List.of(new Taker(one), new Taker(other));
        while (!late.isEmpty()) {
            Taker taker = takers.get(random.nextInt(2));
            switch (random.nextInt(4)) {
                case 0 -> commit(late.remove(late.size() - 1), takers);
                case 1 -> taker.giveBack(random, takers);
                case 2 -> taker.end(random);
                default -> taker.take(1 + random.nextInt(4));
            }
        }
        Taker taker = takers.get(random.nextInt(2));
        while (!taker.emptied) {
            taker.take(3);
        }
        assertThat(store.value(
                        "select count(*) from pgjobq.job where seq not in (select unnest(seqs) from pgjobq.claim)",
                        Long.class))
                .as("free jobs")
                .isZero();
    }

    private void commit(long id, List<Taker> takers) {
        store.server().execute("update pgjobq.job set lane = 5 where id = " + id);
        takers.forEach(each -> each.hear(id));
    }

    /** What a node does, as far as it takes jobs of one lane. */
    private final class Taker {

        private final int node;
        private final List<ClaimedJob> held = new ArrayList<>();
        private long from;
        private long told = NOTHING;
        private @Nullable Claimed last;
        private boolean emptied;

        Taker(int node) {
            this.node = node;
        }

        void hear(long seq) {
            told = Math.min(told, seq);
            emptied = false;
        }

        void take(int limit) {
            ClaimRequest request = last != null && told >= from
                    ? store.requestAfter(last, limit, told)
                    : store.requestFrom(node, limit, 5, Math.min(from, told));
            told = NOTHING;
            Claimed claimed = ClaimJumpContractIntegrationTests.this.take(request);
            held.addAll(claimed.jobs());
            emptied = claimed.jobs().size() < limit;
            last = emptied ? null : claimed;
            from = emptied
                    ? Math.max(from, highest() + 1)
                    : claimed.jobs().get(limit - 1).seq() + 1;
        }

        private long highest() {
            return store.value("select coalesce(max(max_seq), 0) from pgjobq.claim", Long.class);
        }

        void giveBack(Random random, List<Taker> all) {
            if (!held.isEmpty() && random.nextInt(3) == 0) {
                ClaimedJob job = held.remove(random.nextInt(held.size()));
                boolean more = held.stream().anyMatch(each -> each.claim() == job.claim());
                store.release(List.of(job), more ? new long[0] : new long[] {job.claim()});
                all.forEach(each -> each.hear(job.seq()));
            }
        }

        void end(Random random) {
            if (!held.isEmpty()) {
                ClaimedJob job = held.remove(random.nextInt(held.size()));
                boolean more = held.stream().anyMatch(each -> each.claim() == job.claim());
                assertThat(store.succeed(List.of(job), more ? new long[0] : new long[] {job.claim()})
                                .settled())
                        .containsExactly(job.id());
            }
        }
    }

    private Claimed take(ClaimRequest request) {
        return store.jobs().claim(request);
    }

    /** Takes a job out of its claim as nobody does: without telling of it. */
    private void freeUntold(ClaimedJob job) {
        store.server()
                .execute("update pgjobq.claim set seqs = array_remove(seqs::bigint[], " + job.seq() + ") where id = "
                        + job.claim());
    }
}
