package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobFilter;
import io.pgjobq.JobState;
import io.pgjobq.Unique;
import io.pgjobq.internal.store.DeadJobStore.Death;
import io.pgjobq.internal.store.DeadJobStore.Part;
import io.pgjobq.internal.store.DeadJobStore.Redriven;
import io.pgjobq.internal.store.DeadJobStore.Spread;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Dead jobs are redriven by filter and at a rate, and each of them once, whoever else redrives and dies. */
@PostgresTest
class RedriveContractIntegrationTests {

    private static final JobFilter ALL = JobFilter.queue(TestStore.QUEUE);

    private final TestStore store;
    private final int node;

    RedriveContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    private List<Long> bury(int jobs) {
        List<Long> sent = store.sendAll(5, jobs);
        store.claim(node, jobs).forEach(job -> store.fail(job, null));
        return sent;
    }

    /** Redrives all that the filter means, so many looked at each time; returns how many. */
    private long redrive(JobFilter filter, int looks, @Nullable OffsetDateTime before, @Nullable Long everyMicros) {
        long jobs = 0;
        OffsetDateTime until = before;
        Death after = null;
        do {
            Spread spread = everyMicros == null ? null : new Spread(jobs, everyMicros);
            Part part = store.deadJobs().redriveSome(store.queue(), filter, looks, after, until, spread);
            jobs += part.lanes().stream().mapToLong(Redriven::jobs).sum();
            until = part.until();
            after = part.next();
        } while (after != null);
        return jobs;
    }

    @Test
    void aDeadJobComesBackWithAnotherPayloadAndType() {
        long id = store.send(TestStore.job(3), "Wellcome");
        store.fail(store.claimOne(node), null);

        assertThat(store.deadJobs().redrive(id, "Welcome", TestStore.bytes("{\"to\": 1}")))
                .hasSize(1);

        ClaimedJob again = store.claimOne(node);
        assertThat(again.id()).isEqualTo(id);
        assertThat(again.type()).isEqualTo("Welcome");
        assertThat(again.priority()).isEqualTo(3);
        assertThat(again.payload()).isEqualTo(TestStore.bytes("{\"to\": 1}"));
        assertThat(store.count("job where jsonb_array_length(errors) = 1")).isEqualTo(1);
    }

    @Test
    void thoseAreRedrivenThatTheFilterMeansHoweverFewAreLookedAtAtOnce() {
        List<Long> wanted = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String tenant = i % 3 == 0 ? "acme" : "other";
            NewJob job = new NewJob(TestStore.QUEUE, 5, null, null, "{\"tenant\": \"" + tenant + "\"}", false);
            long id = store.send(job, i % 2 == 0 ? "Even" : "Odd");
            store.fail(store.claimOne(node), null);
            if (i % 6 == 0) {
                wanted.add(id);
            }
        }
        JobFilter filter = ALL.type("Even").attribute("tenant", "acme").error("a.Type");
        assertThat(redrive(filter.error("none such"), 4, null, null)).isZero();

        assertThat(redrive(filter, 4, null, null)).isEqualTo(5);

        assertThat(TestStore.ids(store.claim(node, 99))).isEqualTo(wanted);
        assertThat(store.dead()).hasSize(25);
    }

    @Test
    void atARateTheyWaitForTheirTimesOneAfterTheOther() {
        NewJob job = new NewJob(TestStore.QUEUE, 2, null, null, null, false);
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ids.add(store.send(job, ""));
        }
        store.claim(node, 100).forEach(each -> store.fail(each, null));

        // 20 a second.
        assertThat(redrive(ALL, 30, null, 50_000L)).isEqualTo(100);

        assertThat(store.jobs().find(ids.get(99))).hasValueSatisfying(last -> {
            assertThat(last.state()).isEqualTo(JobState.SCHEDULED);
            assertThat(last.priority()).isEqualTo(2);
            assertThat(last.attempts()).isZero();
        });
        assertThat(store.value(
                        "select string_agg(distinct n::text, ' ') from (select count(*) as n from pgjobq.job group by seq) x",
                        String.class))
                .as("by tenths of a second")
                .isEqualTo("2");
        assertThat(store.value("select max(seq) - min(seq) from pgjobq.job", Long.class))
                .isEqualTo(4_900_000);
        assertThat(store.value(
                        "select count(*) from (select id, lag(id) over (order by seq, id) as before from pgjobq.job) x"
                                + " where id < before",
                        Long.class))
                .isZero();
        store.server().execute("update pgjobq.job set seq = seq - 60000000");
        assertThat(store.lanes().promote(100, null).ready()).hasSize(1);
        List<ClaimedJob> claimed = store.claim(node, 100);
        assertThat(TestStore.ids(claimed)).isEqualTo(ids);
        assertThat(claimed).allMatch(each -> each.priority() == 2 && each.attempt() == 0);
        assertThat(Duration.between(claimed.get(0).readyAt(), claimed.get(99).readyAt()))
                .isEqualTo(Duration.ofMillis(4_900));
    }

    /** Both know what was dead at their beginnings before anything dies again. */
    @RepeatedTest(3)
    void nothingIsRedrivenTwiceByTwoWhileWhatIsRedrivenDiesAgain() throws Exception {
        List<Long> ids = bury(400);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        OffsetDateTime until = store.value("select clock_timestamp()", OffsetDateTime.class);
        try {
            Future<Long> one = threads.submit(() -> redrive(ALL, 7, until, null));
            Future<Long> other = threads.submit(() -> redrive(ALL, 11, until, null));
            List<Long> runs = new ArrayList<>();
            while (runs.size() < ids.size() || !one.isDone() || !other.isDone()) {
                for (ClaimedJob job : store.claim(node, 20)) {
                    runs.add(job.id());
                    store.fail(job, null);
                }
                assertThat(runs).doesNotHaveDuplicates();
            }
            assertThat(one.get() + other.get()).isEqualTo(ids.size());
            assertThat(runs).containsExactlyInAnyOrderElementsOf(ids);
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.dead()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(store.count("job")).isZero();
    }

    @Test
    void ofDeadJobsWithTheSameKeyOneComesBack() {
        for (int i = 0; i < 3; i++) {
            TestUnique.send(store, Unique.key("k"), "" + i);
            store.fail(store.claimOne(node), null);
        }

        assertThat(redrive(ALL, 10, null, null)).isEqualTo(1);

        assertThat(store.claimOne(node).payload()).isEqualTo(TestStore.bytes("0"));
        assertThat(redrive(ALL, 10, null, null)).isZero();
        assertThat(store.dead()).hasSize(2);
    }

    /** Two redrive jobs with the same keys, which died in opposite orders. */
    @RepeatedTest(3)
    void redriversDoNotWaitForEachOthersKeysInACircle() throws Exception {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            keys.add("k" + i);
        }
        for (String type : List.of("a", "b")) {
            for (String key : keys) {
                TestUnique.send(store, Unique.key(key), "1");
                store.fail(store.claimOne(node), null);
            }
            store.server().execute("update pgjobq.finished_job set type = '" + type + "' where type = 'T'");
            Collections.reverse(keys);
        }
        CyclicBarrier barrier = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Long>> racers = new ArrayList<>();
            for (String type : List.of("a", "b")) {
                racers.add(threads.submit(() -> {
                    barrier.await(10, TimeUnit.SECONDS);
                    return redrive(ALL.type(type), 1_000, null, null);
                }));
            }
            assertThat(racers.get(0).get() + racers.get(1).get()).isEqualTo(200);
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.value("select count(distinct unique_key) from pgjobq.job", Long.class))
                .isEqualTo(200);
    }
}
