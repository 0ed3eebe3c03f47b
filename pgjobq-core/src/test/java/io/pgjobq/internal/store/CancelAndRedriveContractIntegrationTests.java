package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pgjobq.HistoryRetention;
import io.pgjobq.internal.store.FinishedJobStore.Redriven;
import io.pgjobq.internal.store.JobStore.Cancellation;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@PostgresTest
class CancelAndRedriveContractIntegrationTests {

    private final TestStore store;
    private final int node;

    CancelAndRedriveContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    @Test
    void aReadyOrWaitingJobIsCancelledAndKept() {
        long ready = store.send();
        long waiting = store.send(TestStore.delayedJob(60_000), "");
        long awaited = store.send(TestStore.awaitedJob(), "");

        assertThat(store.jobs().cancel(ready)).isEqualTo(new Cancellation(true, false));
        assertThat(store.jobs().cancel(waiting)).isEqualTo(new Cancellation(true, false));
        assertThat(store.jobs().cancel(awaited)).isEqualTo(new Cancellation(true, true));

        assertThat(store.count("job")).isZero();
        assertThat(store.outcome(ready).state()).isEqualTo("cancelled");
        assertThat(store.outcome(waiting).attempts()).isZero();
    }

    @Test
    void aCancelledJobLeavesNothingWhereNoHistoryIsKept() {
        store.queues().settings(store.queue(), 10, new HistoryRetention(Duration.ofDays(1), Duration.ZERO));
        assertThat(store.jobs().cancel(store.send()).cancelled()).isTrue();
        assertThat(store.jobs().cancel(store.send(TestStore.awaitedJob(), "")).awaited())
                .isTrue();

        assertThat(store.count("finished_job")).isEqualTo(1);
    }

    @Test
    void aTakenAFinishedAndAnUnknownJobAreNotCancelled() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);
        store.succeed(jobs.subList(0, 1));
        Cancellation no = new Cancellation(false, false);

        assertThat(store.jobs().cancel(jobs.get(0).id())).isEqualTo(no);
        assertThat(store.jobs().cancel(jobs.get(1).id())).isEqualTo(no);
        assertThat(store.jobs().cancel(-1)).isEqualTo(no);
    }

    @Test
    void aJobThatWaitsForItsRetryIsCancelledWithItsErrors() {
        long id = store.send();
        store.fail(store.claimOne(node), 60_000L);

        assertThat(store.jobs().cancel(id).cancelled()).isTrue();
        assertThat(store.outcome(id).attempts()).isEqualTo(1);
        assertThat(store.outcome(id).error()).isNotNull();
    }

    @Test
    void eachJobIsEitherTakenOrCancelledHoweverTheyRace() throws Exception {
        List<Long> ids = store.sendAll(5, 600);
        List<Long> shuffled = new ArrayList<>(ids);
        Collections.shuffle(shuffled, new Random(1));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Set<Long>>> racers = List.of(
                    threads.submit(() -> cancelled(shuffled.subList(0, 300))),
                    threads.submit(() -> cancelled(shuffled.subList(300, 600))),
                    threads.submit(this::taken),
                    threads.submit(this::taken));
            Set<Long> all = new HashSet<>();
            int sum = 0;
            for (Future<Set<Long>> racer : racers) {
                sum += racer.get().size();
                all.addAll(racer.get());
            }
            assertThat(sum).isEqualTo(600);
            assertThat(all).containsExactlyInAnyOrderElementsOf(ids);
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.count("job")).isEqualTo(600 - store.count("finished_job"));
    }

    private Set<Long> cancelled(List<Long> ids) {
        Set<Long> cancelled = new HashSet<>();
        for (long id : ids) {
            if (store.jobs().cancel(id).cancelled()) {
                cancelled.add(id);
            }
        }
        return cancelled;
    }

    private Set<Long> taken() {
        Set<Long> taken = new HashSet<>();
        List<ClaimedJob> jobs;
        while (!(jobs = store.claim(node, 3)).isEmpty()) {
            taken.addAll(ids(jobs));
        }
        return taken;
    }

    @Test
    void aDeadJobIsMadeReadyAgainWithItsIdItsErrorsAndAllItsAttempts() {
        long id = store.send(new NewJob(TestStore.QUEUE, 3, null, null, "{\"a\": \"b\"}", false), "Welcome");
        store.fail(store.claimOne(node), null);

        List<Redriven> redriven = store.redrive(id, null, 1);

        ClaimedJob again = store.claimOne(node);
        assertThat(redriven)
                .extracting(Redriven::ready, Redriven::jobs)
                .containsExactly(tuple(new LanePosition(store.queue(), 3, again.seq()), 1L));
        assertThat(again.id()).isEqualTo(id);
        assertThat(again.seq()).isGreaterThan(id);
        assertThat(again.attempt()).isZero();
        assertThat(again.type()).isEqualTo("Welcome");
        assertThat(again.payload()).isEqualTo(TestStore.bytes("{}"));
        assertThat(again.attributes()).isEqualTo("{\"a\": \"b\"}");
        assertThat(store.count("finished_job")).isZero();
        assertThat(store.count("job where jsonb_array_length(errors) = 1")).isEqualTo(1);
    }

    @Test
    void deadJobsOfAQueueComeBackTheOldestDeathFirstUpToTheLimit() {
        store.sendAll(5, 3);
        List<ClaimedJob> jobs = store.claim(node, 3);
        store.fail(jobs.get(2), null);
        store.fail(jobs.get(0), null);
        store.fail(jobs.get(1), null);
        assertThat(store.finished().dead(null, TestStore.QUEUE, 2))
                .extracting(dead -> dead.id())
                .containsExactly(jobs.get(1).id(), jobs.get(0).id());

        assertThat(store.redrive(null, store.queue(), 2))
                .singleElement()
                .extracting(Redriven::jobs)
                .isEqualTo(2L);

        assertThat(ids(store.claim(node, 9)))
                .containsExactly(jobs.get(2).id(), jobs.get(0).id());
        assertThat(store.finished().dead(null, TestStore.QUEUE, 9)).hasSize(1);
    }

    @Test
    void whatDiesAfterTheMomentThatIsNamedStaysDead() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);
        store.fail(jobs.get(0), null);
        store.fail(jobs.get(1), null);

        Redriven first = store.redrive(null, store.queue(), 1).get(0);
        store.fail(store.claimOne(node), null);
        List<Redriven> second = store.finished().redrive(null, store.queue(), 9, first.until());

        assertThat(second).singleElement().extracting(Redriven::jobs).isEqualTo(1L);
        assertThat(store.claimOne(node).id()).isEqualTo(jobs.get(1).id());
        assertThat(store.finished().redrive(null, store.queue(), 9, first.until()))
                .isEmpty();
        assertThat(store.finished().dead(null, TestStore.QUEUE, 9))
                .extracting(dead -> dead.id())
                .containsExactly(jobs.get(0).id());
    }

    @Test
    void aJobThatIsRedrivenAgainAndAgainKeepsItsLatestErrorsOnly() {
        long id = store.send();
        store.fail(store.claimOne(node), 0L);
        store.server().execute("""
                update pgjobq.job set lane = 5, priority = null, attempt = 0, errors = (
                    select jsonb_agg(jsonb_build_object('attempt', n)) from generate_series(1, 100) n)""");
        String kept =
                "select jsonb_array_length(errors) || ' ' || (errors -> 0 ->> 'attempt') || ' ' || (errors -> -1 ->> 'type')"
                        + " from pgjobq.";

        store.fail(store.claimOne(node), 0L);
        assertThat(store.value(kept + "job", String.class)).isEqualTo("100 2 a.Type");
        store.lanes().promote(1, null);
        store.fail(store.claimOne(node), null);
        assertThat(store.value(kept + "finished_job", String.class)).isEqualTo("100 3 a.Type");
        store.redrive(id, null, 1);
        store.claimOne(node);
        store.leave(node);
        store.nodes().rescue(9);
        assertThat(store.value(kept + "job", String.class)).isEqualTo("100 4 lost");
        store.queues().settings(store.queue(), 2, HistoryRetention.DEFAULT);
        int other = store.node();
        store.claimOne(other);
        store.leave(other);
        store.nodes().rescue(9);
        assertThat(store.value(kept + "finished_job", String.class)).isEqualTo("100 5 lost");
    }

    @Test
    void whatDidNotDieIsNotRedriven() {
        long succeeded = store.send();
        store.succeed(store.claim(node, 1));
        long cancelled = store.send();
        store.jobs().cancel(cancelled);

        assertThat(store.redrive(succeeded, null, 1)).isEmpty();
        assertThat(store.redrive(cancelled, null, 1)).isEmpty();
        assertThat(store.redrive(-1L, null, 1)).isEmpty();
    }

    @Test
    void aDeadJobOfADeletedQueueStaysDead() {
        long id = store.send();
        store.fail(store.claimOne(node), null);
        store.queues().delete(TestStore.QUEUE, true);

        assertThat(store.redrive(id, null, 1)).isEmpty();
        assertThat(store.count("job")).isZero();
    }
}
