package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pgjobq.HistoryRetention;
import io.pgjobq.JobFilter;
import io.pgjobq.internal.store.CancellationStore.Outcome;
import io.pgjobq.internal.store.DeadJobStore.Redriven;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
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

        assertThat(store.cancellations().cancel(ready, null)).isEqualTo(Outcome.CANCELLED);
        assertThat(store.cancellations().cancel(waiting, null)).isEqualTo(Outcome.CANCELLED);
        assertThat(store.cancellations().cancel(awaited, null)).isEqualTo(Outcome.CANCELLED_AWAITED);

        assertThat(store.count("job")).isZero();
        assertThat(store.outcome(ready).state()).isEqualTo("cancelled");
        assertThat(store.outcome(waiting).attempts()).isZero();
    }

    @Test
    void aCancelledJobLeavesNothingWhereNoHistoryIsKept() {
        store.queues().settings(store.queue(), 10, new HistoryRetention(Duration.ofDays(1), Duration.ZERO));
        assertThat(store.cancel(store.send())).isTrue();
        assertThat(store.cancel(store.send(TestStore.awaitedJob(), ""))).isTrue();

        assertThat(store.count("finished_job")).isEqualTo(1);
    }

    @Test
    void aFinishedAndAnUnknownJobAreNotCancelledAndATakenOneIsByItsHolder() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);
        store.succeed(jobs.subList(0, 1));

        assertThat(store.cancellations().cancel(jobs.get(0).id(), null)).isEqualTo(Outcome.UNKNOWN);
        assertThat(store.cancellations().cancel(-1, null)).isEqualTo(Outcome.UNKNOWN);
        assertThat(store.heartbeat(node).cancellations()).isFalse();
        assertThat(store.cancellations().cancel(jobs.get(1).id(), "by ops")).isEqualTo(Outcome.REQUESTED);
        assertThat(store.cancellations().cancel(jobs.get(1).id(), "again")).isEqualTo(Outcome.REQUESTED);
        assertThat(store.count("job")).isEqualTo(1);
        assertThat(store.heartbeat(node).cancellations()).isTrue();
        assertThat(store.cancellations().of(node))
                .containsExactly(new CancellationStore.Request(jobs.get(1).id(), "by ops"));

        int other = store.node();
        assertThat(store.heartbeat(other).cancellations()).isFalse();
        assertThat(store.cancellations().of(other)).isEmpty();

        store.settlements()
                .failed(List.of(
                        new Settlement.Cancelled(jobs.get(1), 1, new Settlement.Failure("cancelled", "by ops", ""))));
        assertThat(store.outcome(jobs.get(1).id()).state()).isEqualTo("cancelled");
        assertThat(store.count("cancellation")).isZero();
    }

    @Test
    void aRequestThatItsJobHasOutrunIsForgottenWhenItIsRepeated() {
        store.send();
        ClaimedJob job = store.claimOne(node);
        store.cancellations().cancel(job.id(), null);
        store.succeed(List.of(job));
        assertThat(store.count("cancellation")).isEqualTo(1);

        assertThat(store.cancellations().cancel(job.id(), null)).isEqualTo(Outcome.UNKNOWN);
        assertThat(store.count("cancellation")).isZero();
    }

    @Test
    void aRequestThatItsJobHasEvadedByARetryEndsTheWaitingJob() {
        store.send();
        ClaimedJob job = store.claimOne(node);
        store.cancellations().cancel(job.id(), null);
        store.fail(job, 60_000L);

        assertThat(store.cancellations().cancel(job.id(), null)).isEqualTo(Outcome.CANCELLED);
        assertThat(store.count("cancellation")).isZero();
        assertThat(store.outcome(job.id()).state()).isEqualTo("cancelled");
    }

    @Test
    void whatADeadNodeWasToCancelEndsWithItsRescueAndNothingElseDoes() {
        store.sendAll(5, 3);
        List<ClaimedJob> jobs = store.claim(node, 3);
        store.cancellations().cancel(jobs.get(1).id(), "by ops");
        store.leave(node);
        assertThat(store.heartbeat(store.node()).cancellations()).isTrue();

        NodeStore.Rescue rescue = store.nodes().rescue(9).get(0);

        assertThat(rescue.rescued()).isEqualTo(2);
        assertThat(rescue.died()).isZero();
        assertThat(store.outcome(jobs.get(1).id()).state()).isEqualTo("cancelled");
        assertThat(store.outcome(jobs.get(1).id()).error().message()).isEqualTo("by ops");
        assertThat(store.count("job where attempt = 1")).isEqualTo(2);
        assertThat(store.count("cancellation")).isZero();
    }

    @Test
    void aHandlersTransactionThatEndsItsJobHoldsUpNoCancellation() throws Exception {
        store.send();
        ClaimedJob job = store.claimOne(node);
        try (Connection transaction = store.dataSource().getConnection()) {
            transaction.setAutoCommit(false);
            try (PreparedStatement complete =
                    transaction.prepareStatement("select awaited from pgjobq.complete(?, ?, ?, 1, null)")) {
                complete.setLong(1, job.id());
                complete.setLong(2, job.seq());
                complete.setLong(3, job.claim());
                complete.executeQuery().close();
            }
            assertThat(store.cancellations().cancel(job.id(), null)).isEqualTo(Outcome.REQUESTED);
            transaction.commit();
        }
        assertThat(store.outcome(job.id()).state()).isEqualTo("succeeded");
    }

    @Test
    void onlyWhatAFilterMeansIsCancelledInEachLane() {
        String acme = "{\"tenant\": \"acme\", \"a\": \"b\"}";
        store.send(new NewJob(TestStore.QUEUE, 3, null, null, acme, false), "Welcome");
        ClaimedJob held = store.claimOne(node);
        for (int i = 0; i < 5; i++) {
            store.send(new NewJob(TestStore.QUEUE, 3, null, null, acme, false), "Welcome");
        }
        store.send(new NewJob(TestStore.QUEUE, 3, null, null, acme, false), "Other");
        store.send(new NewJob(TestStore.QUEUE, 3, null, null, null, false), "Welcome");
        store.send(new NewJob(TestStore.QUEUE, 4, null, null, acme, false), "Welcome");
        JobFilter filter = JobFilter.queue(TestStore.QUEUE).type("Welcome").attribute("tenant", "acme");

        CancellationStore.Part first =
                store.cancellations().cancelSome(LaneRange.from(store.queue(), 3, 0), filter, "by ops", 4);
        assertThat(first.cancelled()).isEqualTo(3);
        assertThat(first.requested()).isEqualTo(1);
        assertThat(first.next()).isNotNull();
        CancellationStore.Part second =
                store.cancellations().cancelSome(LaneRange.from(store.queue(), 3, first.next()), filter, "by ops", 5);
        assertThat(second.cancelled()).isEqualTo(2);
        assertThat(second.requested()).isZero();
        assertThat(second.next()).isNull();

        assertThat(store.cancellations().of(node)).containsExactly(new CancellationStore.Request(held.id(), "by ops"));
        assertThat(store.count("job where type = 'Other' or attributes is null or lane = 4"))
                .isEqualTo(3);
        assertThat(store.count("finished_job where state = 'cancelled' and errors #>> '{0,message}' = 'by ops'"))
                .isEqualTo(5);
    }

    @Test
    void aJobThatWaitsForItsRetryIsCancelledWithItsErrors() {
        long id = store.send();
        store.fail(store.claimOne(node), 60_000L);

        assertThat(store.cancel(id)).isTrue();
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
            if (store.cancel(id)) {
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

        List<Redriven> redriven = store.deadJobs().redrive(id, null, null);

        ClaimedJob again = store.claimOne(node);
        assertThat(redriven)
                .extracting(Redriven::first, Redriven::jobs)
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
        assertThat(store.dead())
                .containsExactly(jobs.get(1).id(), jobs.get(0).id(), jobs.get(2).id());

        assertThat(store.redrive(2).lanes())
                .singleElement()
                .extracting(Redriven::jobs)
                .isEqualTo(2L);

        assertThat(ids(store.claim(node, 9)))
                .containsExactly(jobs.get(2).id(), jobs.get(0).id());
        assertThat(store.dead()).hasSize(1);
    }

    @Test
    void whatDiesAfterTheMomentThatIsNamedStaysDead() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);
        store.fail(jobs.get(0), null);
        store.fail(jobs.get(1), null);

        DeadJobStore.Part first = store.redrive(1);
        store.fail(store.claimOne(node), null);
        DeadJobStore.Part second = store.deadJobs()
                .redriveSome(store.queue(), JobFilter.queue(TestStore.QUEUE), 9, null, first.until(), null);

        assertThat(second.next()).isNull();
        assertThat(second.lanes()).singleElement().extracting(Redriven::jobs).isEqualTo(1L);
        assertThat(store.claimOne(node).id()).isEqualTo(jobs.get(1).id());
        assertThat(store.deadJobs()
                        .redriveSome(store.queue(), JobFilter.queue(TestStore.QUEUE), 9, null, first.until(), null)
                        .lanes())
                .isEmpty();
        assertThat(store.dead()).containsExactly(jobs.get(0).id());
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
        store.deadJobs().redrive(id, null, null);
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
        store.cancel(cancelled);

        assertThat(store.deadJobs().redrive(succeeded, null, null)).isEmpty();
        assertThat(store.deadJobs().redrive(cancelled, null, null)).isEmpty();
        assertThat(store.deadJobs().redrive(-1L, null, null)).isEmpty();
    }

    @Test
    void aDeadJobOfADeletedQueueStaysDead() {
        long id = store.send();
        store.fail(store.claimOne(node), null);
        store.queues().delete(TestStore.QUEUE, true);

        assertThat(store.deadJobs().redrive(id, null, null)).isEmpty();
        assertThat(store.count("job")).isZero();
    }
}
