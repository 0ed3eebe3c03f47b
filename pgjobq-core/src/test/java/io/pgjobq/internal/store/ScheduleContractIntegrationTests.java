package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.Missed;
import io.pgjobq.Overlap;
import io.pgjobq.Schedule;
import io.pgjobq.internal.store.ScheduleStore.Due;
import io.pgjobq.internal.store.ScheduleStore.Fired;
import io.pgjobq.internal.store.ScheduleStore.Move;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@PostgresTest
class ScheduleContractIntegrationTests {

    private final TestStore store;
    private final ScheduleStore schedules;

    ScheduleContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        schedules = new ScheduleStore(store.database());
    }

    private static Schedule.Builder hourly(String name) {
        return Schedule.of(name, TestStore.QUEUE).every(Duration.ofHours(1));
    }

    private Instant now() {
        return schedules.now();
    }

    private void save(Schedule schedule, Instant next) {
        assertThat(schedules.save(schedule, false, next, null)).isTrue();
    }

    private static Move move(Due due, Instant... times) {
        return new Move(due, List.of(times), due.now().plusSeconds(3_600));
    }

    @Test
    void aScheduleIsReadAsItWasSaved() {
        Schedule schedule = Schedule.of("nightly", TestStore.QUEUE)
                .cron("0 0 2 * * *", "Europe/Paris")
                .type("Close")
                .payload("{\"a\": 1}")
                .priority(3)
                .attributes(Map.of("tenant", "acme"))
                .catchUp(7)
                .overlap(Overlap.WAIT)
                .build();
        save(schedule, Instant.parse("2030-01-01T01:00:00Z"));
        Schedule rate = hourly("hourly").missed(Missed.SKIP).build();
        save(rate, Instant.parse("2030-01-01T01:00:00Z"));

        assertThat(schedules.all())
                .extracting(stored -> stored.description().schedule())
                .containsExactly(rate, schedule);
        assertThat(schedules.find(List.of("nightly")).get(0).description()).satisfies(found -> {
            assertThat(found.next()).isEqualTo(Instant.parse("2030-01-01T01:00:00Z"));
            assertThat(found.paused()).isFalse();
            assertThat(found.byCode()).isFalse();
            assertThat(found.declared()).isTrue();
            assertThat(found.last()).isNull();
            assertThat(found.lastJob()).isNull();
        });
        assertThat(schedules.due(10)).isEmpty();
        assertThat(schedules.nextInMillis()).isPositive();
    }

    @Test
    void whatIsDueSendsItsJobsWithTheirTimesAndMovesOn() {
        Instant time = Instant.parse("2026-01-01T00:00:00Z");
        save(
                hourly("a")
                        .type("T")
                        .priority(2)
                        .attributes(Map.of("tenant", "acme"))
                        .build(),
                time);
        Due due = schedules.due(10).get(0);
        assertThat(due.time()).isEqualTo(time);
        assertThat(due.running()).isFalse();

        List<Fired> fired = schedules.fire(List.of(move(due, time, time.plusSeconds(3_600))));

        assertThat(fired).singleElement().satisfies(done -> {
            assertThat(done.jobs()).isEqualTo(2);
            assertThat(done.ready())
                    .isEqualTo(new LanePosition(
                            store.queue(), 2, store.value("select min(seq) from pgjobq.job", Long.class)));
        });
        assertThat(schedules.due(10)).isEmpty();
        List<ClaimedJob> jobs = store.claim(store.node(), 9);
        assertThat(jobs).extracting(ClaimedJob::type).containsExactly("T", "T");
        assertThat(StoredJson.scheduled(jobs.get(0).attributes())).hasValueSatisfying(scheduled -> {
            assertThat(scheduled.schedule()).isEqualTo("a");
            assertThat(scheduled.time()).isEqualTo(time);
            assertThat(scheduled.previous()).isNull();
        });
        assertThat(StoredJson.scheduled(jobs.get(1).attributes())).hasValueSatisfying(scheduled -> {
            assertThat(scheduled.time()).isEqualTo(time.plusSeconds(3_600));
            assertThat(scheduled.previous()).isEqualTo(time);
        });
        assertThat(StoredJson.attributes(jobs.get(0).attributes())).containsEntry("tenant", "acme");
        assertThat(schedules.all().get(0).description()).satisfies(after -> {
            assertThat(after.last()).isEqualTo(time.plusSeconds(3_600));
            assertThat(after.lastJob()).isEqualTo(jobs.get(1).id());
        });
    }

    @RepeatedTest(5)
    void eachTimeIsDealtWithOnceHoweverManyNodesRace() throws Exception {
        List<Move> moves = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            save(hourly("s" + i).build(), now().minusSeconds(1));
        }
        schedules.due(100).forEach(due -> moves.add(move(due, due.time())));
        assertThat(moves).hasSize(30);
        CyclicBarrier barrier = new CyclicBarrier(8);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<List<Fired>> racer = () -> {
                barrier.await();
                return schedules.fire(moves);
            };
            int fired = 0;
            for (Future<List<Fired>> result :
                    threads.invokeAll(List.of(racer, racer, racer, racer, racer, racer, racer, racer))) {
                fired += result.get().size();
            }
            assertThat(fired).isEqualTo(30);
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.count("job")).isEqualTo(30);
    }

    @Test
    void nothingIsSentOfWhatWasChangedPausedOrDeletedMeanwhile() {
        for (String name : List.of("changed", "paused", "deleted", "resumed")) {
            save(hourly(name).build(), now().minusSeconds(1));
        }
        List<Move> moves =
                schedules.due(10).stream().map(due -> move(due, due.time())).toList();
        assertThat(moves).hasSize(4);
        assertThat(schedules.save(hourly("changed").priority(1).build(), false, now().minusSeconds(1), 1))
                .isTrue();
        assertThat(schedules.pause("paused")).isTrue();
        assertThat(schedules.delete("deleted")).isTrue();
        assertThat(schedules.pause("resumed")).isTrue();
        assertThat(schedules.resume("resumed", 2, now().plusSeconds(60))).isTrue();

        assertThat(schedules.fire(moves)).isEmpty();
        assertThat(store.count("job")).isZero();
        assertThat(schedules.due(10)).extracting(due -> due.schedule().name()).containsExactly("changed");
        moves.forEach(move -> schedules.putOff(move.due(), Duration.ofHours(1)));
        assertThat(schedules.due(10)).hasSize(1);
    }

    @Test
    void aChangeThatSomebodyElseWasFasterWithIsRefused() {
        save(hourly("a").build(), now());
        assertThat(schedules.save(hourly("a").priority(1).build(), true, now(), null))
                .isFalse();
        assertThat(schedules.save(hourly("a").priority(1).build(), true, now(), 1))
                .isTrue();
        assertThat(schedules.save(hourly("a").priority(2).build(), true, now(), 1))
                .isFalse();
        assertThat(schedules.save(
                        Schedule.of("b", "nowhere").every(Duration.ofHours(1)).build(), true, now(), null))
                .isFalse();
    }

    @Test
    void aPausedScheduleStaysSoWhenItIsChanged() {
        save(hourly("a").build(), now().minusSeconds(1));
        schedules.pause("a");
        assertThat(schedules.save(hourly("a").priority(1).build(), true, now().minusSeconds(1), 2))
                .isTrue();
        assertThat(schedules.due(10)).isEmpty();
        assertThat(schedules.nextInMillis()).isNull();
        assertThat(schedules.find(List.of("a")).get(0).description().paused()).isTrue();
    }

    @Test
    void whatMustNotOverlapIsLeftOutAsLongAsItsLastJobHasNotEnded() {
        save(hourly("a").overlap(Overlap.SKIP).build(), now().minusSeconds(1));
        Due first = schedules.due(10).get(0);
        schedules.fire(List.of(new Move(first, List.of(first.time()), now().minusMillis(500))));
        int node = store.node();
        ClaimedJob job = store.claimOne(node);

        Due second = schedules.due(10).get(0);
        assertThat(second.running()).isTrue();
        assertThat(schedules.fire(List.of(new Move(second, List.of(second.time()), now().minusMillis(400)))))
                .singleElement()
                .satisfies(fired -> assertThat(fired.jobs()).isZero());

        store.fail(job, 0L);
        assertThat(schedules.due(10).get(0).running())
                .as("while it waits for its retry")
                .isTrue();
        store.lanes().promote(9, null);
        store.succeed(List.of(store.claimOne(node)));
        Due third = schedules.due(10).get(0);
        assertThat(third.running()).isFalse();
        assertThat(schedules.fire(List.of(move(third, third.time()))))
                .singleElement()
                .satisfies(fired -> assertThat(fired.jobs()).isEqualTo(1));
    }

    @Test
    void whatIsDeclaredByNoNodeThatLivesIsToldApart() {
        int node = store.node();
        assertThat(schedules.save(hourly("a").build(), true, now().minusSeconds(1), null))
                .isTrue();
        assertThat(schedules.due(10).get(0).declared()).isFalse();
        schedules.declare(node, List.of("a"));
        schedules.declare(node, List.of("a"));
        assertThat(schedules.due(10).get(0).declared()).isTrue();
        store.leave(node);
        assertThat(schedules.due(10).get(0).declared()).isFalse();
        schedules.declare(store.node(), List.of());
        assertThat(store.count("schedule_node")).isZero();
    }

    @Test
    void aHeartbeatTellsWhenTheNextOneIsDue() {
        int node = store.node();
        assertThat(store.heartbeat(node).scheduledInMillis()).isNull();
        save(hourly("a").build(), now().plusSeconds(50));
        assertThat(store.heartbeat(node).scheduledInMillis()).isBetween(40_000L, 50_000L);
    }

    @Test
    void aJobSentByHandMovesNothing() {
        save(hourly("a").build(), now().plusSeconds(50));
        StoredSchedules.Run run = schedules.run("a");
        assertThat(run).isNotNull();
        assertThat(store.claimOne(store.node()).id()).isEqualTo(run.id());
        assertThat(schedules.find(List.of("a")).get(0).description()).satisfies(after -> {
            assertThat(after.lastJob()).isEqualTo(run.id());
            assertThat(after.last()).isNull();
        });
        assertThat(schedules.run("nothing")).isNull();
    }

    @Test
    void aScheduleOfADeletedQueueSendsNothing() {
        save(hourly("a").build(), now().minusSeconds(1));
        store.queues().delete(TestStore.QUEUE, true);
        Due due = schedules.due(10).get(0);
        assertThat(schedules.fire(List.of(move(due, due.time()))))
                .singleElement()
                .satisfies(fired -> assertThat(fired.jobs()).isZero());
        assertThat(schedules.run("a")).isNull();
        assertThat(store.count("job")).isZero();
    }
}
