package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JobSchedules;
import io.pgjobq.Overlap;
import io.pgjobq.Schedule;
import io.pgjobq.ScheduleDescription;
import io.pgjobq.ScheduledTime;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Any node sends the jobs of schedules, for each time once. */
@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
class SchedulesIntegrationTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final TestDatabase database;
    private final BlockingQueue<ScheduledTime> ran = new LinkedBlockingQueue<>();

    SchedulesIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void empty() {
        database.execute("drop schema if exists pgjobq cascade");
    }

    private TestNode node() {
        TestNode node = TestNode.listening(database);
        node.handle("work", byte[].class, (payload, context) -> {
            ran.add(context.scheduled().orElseThrow());
            return null;
        });
        return node;
    }

    private static Schedule.Builder every(String name, Duration rate) {
        return Schedule.of(name, "work").every(rate);
    }

    /** Fails if a time comes twice, or one is left out. */
    private List<ScheduledTime> next(int count) throws InterruptedException {
        List<ScheduledTime> times = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ScheduledTime time = ran.poll(20, TimeUnit.SECONDS);
            assertThat(time).as("time " + i).isNotNull();
            if (!times.isEmpty()) {
                assertThat(time.time()).isEqualTo(times.get(i - 1).time().plus(SECOND));
                assertThat(time.previous()).isEqualTo(times.get(i - 1).time());
            }
            times.add(time);
        }
        return times;
    }

    @Test
    void forEachTimeOneJobIsSentHoweverManyNodesDeclareItAndComeAndGo() throws Exception {
        Schedule schedule = every("tick", SECOND).catchUp(1_000).build();
        try (TestNode first = node()) {
            first.pgJobQ().declareSchedule(schedule);
            first.start();
            next(2);
            ran.clear();
            try (TestNode second = node();
                    TestNode third = node()) {
                second.pgJobQ().declareSchedule(schedule);
                third.pgJobQ().declareSchedule(schedule);
                second.start();
                third.start();
                next(3);
            }
            next(2);
        }
        assertThat(database.queryOne(
                        "select count(*) from (select attributes ->> 'pgjobq.scheduled-at' from pgjobq.finished_job"
                                + " group by 1 having count(*) > 1) twice",
                        Long.class))
                .isZero();
    }

    @Test
    void aSavedScheduleIsPausedResumedRunByHandAndDeleted() throws Exception {
        try (TestNode node = node()) {
            node.start();
            JobSchedules schedules = node.pgJobQ().schedules();
            assertThatThrownBy(() -> schedules.save(
                            Schedule.of("lost", "nowhere").every(SECOND).build()))
                    .isInstanceOf(UnknownQueueException.class);
            schedules.save(every("tick", SECOND).build());
            next(2);

            assertThat(schedules.pause("tick")).isTrue();
            assertThat(schedules.find("tick")).hasValueSatisfying(found -> {
                assertThat(found.paused()).isTrue();
                assertThat(found.last()).isNotNull();
            });
            await().until(() ->
                    Long.valueOf(0).equals(database.queryOne("select count(*) from pgjobq.job", Long.class)));
            ran.clear();
            long id = schedules.runNow("tick");
            assertThat(ran.poll(20, TimeUnit.SECONDS)).isNotNull();
            assertThat(node.pgJobQ().completions().completion(id, Void.class).get(20, TimeUnit.SECONDS))
                    .isNotNull();
            schedules.save(every("tick", SECOND).priority(3).build());
            assertThat(schedules.find("tick")).map(ScheduleDescription::paused).contains(true);
            assertThat(ran).isEmpty();

            assertThat(schedules.resume("tick")).isTrue();
            next(1);
            List<Instant> times = schedules.next("tick", 10);
            assertThat(times).hasSize(10).isSorted();
            assertThat(schedules.list()).hasSize(1);
            assertThat(schedules.delete("tick")).isTrue();
            assertThat(schedules.delete("tick")).isFalse();
            assertThat(schedules.pause("tick")).isFalse();
            assertThatThrownBy(() -> schedules.runNow("tick")).hasMessage("there is no schedule 'tick'");
        }
    }

    @Test
    void aDeploymentChangesWhatWasDeclaredAndUndoesNoPause() throws Exception {
        try (TestNode node = node()) {
            node.pgJobQ().declareSchedule(every("tick", SECOND).build());
            node.start();
            next(1);
            JobSchedules schedules = node.pgJobQ().schedules();
            assertThatThrownBy(() ->
                            schedules.save(every("tick", Duration.ofHours(1)).build()))
                    .hasMessage("schedule 'tick' is declared by an application; change it there, or in its properties");
            assertThatThrownBy(() -> schedules.delete("tick"))
                    .hasMessage(
                            "schedule 'tick' is declared by an application that runs; remove it there, or pause it");
            schedules.pause("tick");
        }
        try (TestNode node = node()) {
            Schedule changed = every("tick", Duration.ofHours(1)).build();
            node.pgJobQ().declareSchedule(changed);
            node.start();
            JobSchedules schedules = node.pgJobQ().schedules();
            await().until(() -> schedules.find("tick").orElseThrow().schedule().equals(changed));
            assertThat(schedules.find("tick").orElseThrow().paused()).isTrue();
        }
        try (TestNode node = node()) {
            node.start();
            assertThat(node.pgJobQ().schedules().find("tick").orElseThrow().declared())
                    .isFalse();
            assertThat(node.pgJobQ().schedules().delete("tick")).isTrue();
        }
    }

    @Test
    void whatNoNodeDeclaresAnyMoreSendsNothing() throws Exception {
        try (TestNode node = node()) {
            node.pgJobQ().declareSchedule(every("tick", SECOND).build());
            node.start();
            next(1);
        }
        ran.clear();
        try (TestNode node = node()) {
            node.start();
            node.pgJobQ().schedules().save(every("other", SECOND).build());
            for (int i = 0; i < 3; i++) {
                ScheduledTime time = ran.poll(20, TimeUnit.SECONDS);
                assertThat(time).isNotNull();
                assertThat(time.schedule()).isEqualTo("other");
            }
        }
    }

    @Test
    void aJobThatWaitsForTheOneBeforeItIsSentWhenThatHasEnded() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        try (TestNode node = TestNode.listening(database)) {
            node.handle("work", byte[].class, (payload, context) -> {
                assertThat(running.incrementAndGet()).isEqualTo(1);
                ran.add(context.scheduled().orElseThrow());
                go.await();
                running.decrementAndGet();
                return null;
            });
            node.pgJobQ()
                    .declareSchedule(every("tick", SECOND).overlap(Overlap.WAIT).build());
            node.start();
            ScheduledTime first = ran.poll(20, TimeUnit.SECONDS);
            assertThat(first).isNotNull();
            await().until(() -> node.pgJobQ()
                    .schedules()
                    .find("tick")
                    .orElseThrow()
                    .next()
                    .isBefore(node.pgJobQ().schedules().next("tick", 1).get(0).minus(SECOND)));
            go.countDown();
            ScheduledTime second = ran.poll(20, TimeUnit.SECONDS);
            assertThat(second).isNotNull();
            assertThat(second.time()).isEqualTo(first.time().plus(SECOND));
        }
    }

    @Test
    void aScheduleOfAQueueThatIsNotDeclaredIsRefused() {
        try (TestNode node = node()) {
            assertThatThrownBy(() -> node.pgJobQ()
                            .declareSchedule(
                                    Schedule.of("lost", "nowhere").every(SECOND).build()))
                    .hasMessage(
                            "schedule 'lost' (every PT1S, queue 'nowhere') needs its queue to be declared before: give"
                                    + " it a container, or call declareQueue");
            node.pgJobQ().declareSchedule(every("tick", SECOND).build());
            assertThatThrownBy(() ->
                            node.pgJobQ().declareSchedule(every("tick", SECOND).build()))
                    .hasMessage("schedule 'tick' is declared twice");
        }
    }
}
