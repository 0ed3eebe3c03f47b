package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.DeadJobs;
import io.pgjobq.HistoryRetention;
import io.pgjobq.JobDescription;
import io.pgjobq.JobFilter;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobPage;
import io.pgjobq.JobQuery;
import io.pgjobq.JobState;
import io.pgjobq.JobType;
import io.pgjobq.Jobs;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.Rate;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What people do who look after jobs: they list them, and send dead ones again. */
@PostgresTest
@AlsoWithoutListening
class InspectionIntegrationTests {

    @JobType(value = "Greeting", aliases = "Hello")
    record Greeting(String name, boolean good) {}

    record Other(int number) {}

    private final TestDatabase database;
    private final BlockingQueue<String> greeted = new LinkedBlockingQueue<>();
    private TestNode node;
    private Jobs jobs;
    private DeadJobs dead;

    InspectionIntegrationTests(TestDatabase database) {
        this.database = database;
        node = TestNode.listening(database);
        jobs = node.jobs();
        dead = node.pgJobQ().deadJobs();
    }

    @BeforeEach
    void start() {
        database.execute("drop schema if exists pgjobq cascade");
        node.handle(
                "greetings",
                TestNode.worker(4, 1, HistoryRetention.DEFAULT),
                TestNode.handler(Greeting.class, (greeting, context) -> {
                    if (!greeting.good()) {
                        throw new NonRetryableJobException("no " + greeting.name());
                    }
                    greeted.add(greeting.name());
                    return null;
                }));
        node.start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private SentJob<Void> bury(String name) throws Exception {
        SentJob<Void> sent =
                node.sender().to("greetings").attribute("tenant", name).send(new Greeting(name, false), Void.class);
        assertThat(sent.completion(Duration.ofSeconds(20)).get()).isInstanceOf(JobOutcome.Dead.class);
        return sent;
    }

    @Test
    void jobsAreListedPageByPageInWhateverState() throws Exception {
        SentJob<Void> gone = bury("ada");
        SentJob<Void> done = node.sender().to("greetings").send(new Greeting("bob", true), Void.class);
        done.completion(Duration.ofSeconds(20)).get();
        List<Long> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiting.add(node.sender()
                    .to("greetings")
                    .delay(Duration.ofHours(i + 1L))
                    .send(new Other(i))
                    .id());
        }

        JobQuery all = JobQuery.of(JobFilter.queue("greetings")).pageSize(3);
        JobPage first = jobs.list(all);
        JobPage second = jobs.list(all.after(first.next()));
        JobPage third = jobs.list(all.pageSize(50).after(second.next()));
        assertThat(ids(first, second, third))
                .containsExactly(
                        waiting.get(4),
                        waiting.get(3),
                        waiting.get(2),
                        waiting.get(1),
                        waiting.get(0),
                        done.id(),
                        gone.id());
        assertThat(third.next()).isNull();

        JobQuery scheduled = all.states(JobState.SCHEDULED).oldestFirst();
        JobPage some = jobs.list(scheduled);
        assertThat(ids(some, jobs.list(scheduled.after(some.next())))).isEqualTo(waiting);
        JobFilter ended = JobFilter.any().finishedFrom(Instant.EPOCH);
        assertThat(jobs.list(JobQuery.of(ended).states(JobState.SCHEDULED))).isEqualTo(new JobPage(List.of(), null));
        assertThat(jobs.list(JobQuery.of(ended).states(JobState.SCHEDULED, JobState.DEAD))
                        .jobs())
                .hasSize(1);
        assertThat(jobs.list(JobQuery.of(
                                JobFilter.any().attribute("tenant", "ada").finishedFrom(Instant.EPOCH)))
                        .jobs())
                .singleElement()
                .satisfies(job -> {
                    assertThat(job.state()).isEqualTo(JobState.DEAD);
                    assertThat(job.errors())
                            .singleElement()
                            .satisfies(error -> assertThat(error.message()).isEqualTo("no ada"));
                });
    }

    private static List<Long> ids(JobPage... pages) {
        return List.of(pages).stream()
                .flatMap(page -> page.jobs().stream())
                .map(JobDescription::id)
                .toList();
    }

    @Test
    void whatMakesNoSenseIsRefusedWithAReason() throws Exception {
        JobQuery query = JobQuery.of(JobFilter.queue("greetings"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jobs.list(query.after("nonsense")))
                .withMessageContaining("the cursor 'nonsense' is not one that a page of jobs of queue 'greetings'");
        assertThatThrownBy(() -> jobs.list(JobQuery.of(JobFilter.queue("nobody"))))
                .isInstanceOf(UnknownQueueException.class);
        assertThatThrownBy(() -> dead.redriveAll(JobFilter.queue("nobody"), Rate.perSecond(1)))
                .isInstanceOf(UnknownQueueException.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jobs.cancelAll(JobFilter.any().finishedFrom(Instant.EPOCH), ""))
                .withMessageContaining("no job that has ended can be cancelled");
        long id = bury("ada").id();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> dead.redrive(id, new Other(1)))
                .withMessage("job " + id + ": its type is 'Greeting', which is no name of a " + Other.class.getName()
                        + "; give one of the job's type, or the bytes that its handler reads");
        assertThatThrownBy(() -> dead.redrive(id, new byte[64 * 1024 * 1024 + 1]))
                .isInstanceOf(PayloadConversionException.class)
                .hasMessageContaining("job " + id + ": a payload takes");
        assertThat(dead.find(id)).isPresent();
        assertThat(dead.redrive(-1, new Other(1))).isFalse();
    }

    @Test
    void aDeadJobIsRedrivenWithAnotherPayload() throws Exception {
        long id = bury("ada").id();
        database.execute("update pgjobq.finished_job set type = 'Hello'");

        assertThat(dead.redrive(id, new Greeting("ada", true))).isTrue();

        assertThat(greeted.take()).isEqualTo("ada");
        await().until(() -> jobs.find(id).orElseThrow().state() == JobState.SUCCEEDED);
        assertThat(jobs.find(id).orElseThrow().type()).isEqualTo("Greeting");
        long other = bury("bob").id();
        assertThat(dead.redrive(other, "{\"name\": \"eve\", \"good\": true}".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(greeted.take()).isEqualTo("eve");
    }

    @Test
    void aRedriveIsCommittedAtOnceWhateverTransactionTheCallerHas() throws Exception {
        long id = bury("ada").id();
        new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()))
                .executeWithoutResult(status -> {
                    assertThat(dead.redrive(id, new Greeting("ada", true))).isTrue();
                    status.setRollbackOnly();
                });
        assertThat(greeted.take()).isEqualTo("ada");
    }

    @Test
    void deadJobsAreRedrivenByFilterAtARateAndCanBeCancelledUntilTheyAreReady() throws Exception {
        IntStream.range(0, 5).forEach(n -> node.sender().send("greetings", new Greeting("n" + n, false)));
        long ada = bury("ada").id();
        await().until(() -> TestNode.dead(node.pgJobQ(), "greetings").size() == 6);
        database.execute("update pgjobq.finished_job set payload = convert_to(replace(convert_from(payload, 'UTF8'),"
                + " 'false', 'true'), 'UTF8')");

        assertThat(dead.redriveAll(JobFilter.any().error("no ada"), new Rate(1, Duration.ofDays(1))))
                .isEqualTo(1);
        assertThat(greeted.take()).isEqualTo("ada");
        await().until(() -> jobs.find(ada).orElseThrow().state() == JobState.SUCCEEDED);

        assertThat(dead.redriveAll(JobFilter.queue("greetings"), new Rate(3, Duration.ofDays(1))))
                .isEqualTo(5);
        assertThat(greeted.take()).startsWith("n");
        List<JobDescription> scheduled = jobs.list(JobQuery.of(JobFilter.queue("greetings"))
                        .states(JobState.SCHEDULED)
                        .oldestFirst())
                .jobs();
        assertThat(scheduled).hasSize(4);
        assertThat(Duration.between(scheduled.get(0).dueAt(), scheduled.get(3).dueAt()))
                .isEqualTo(Duration.ofDays(1));
        assertThat(jobs.cancelAll(JobFilter.any().error("NonRetryable"), "").cancelled())
                .isEqualTo(4);
        assertThat(greeted).isEmpty();
    }
}
