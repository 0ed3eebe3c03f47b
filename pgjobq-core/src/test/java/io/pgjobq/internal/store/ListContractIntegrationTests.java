package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobDescription;
import io.pgjobq.JobFilter;
import io.pgjobq.JobQuery;
import io.pgjobq.JobState;
import io.pgjobq.internal.store.ListStore.Page;
import io.pgjobq.internal.store.ListStore.Position;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Lists are whole and in order, however few rows a look may read. */
@PostgresTest
class ListContractIntegrationTests {

    private static final JobQuery ALL = JobQuery.of(JobFilter.any()).oldestFirst();

    private static final JobQuery UNFINISHED =
            ALL.states(JobState.SCHEDULED, JobState.RETRYING, JobState.READY, JobState.RUNNING);

    private final TestDatabase server;
    private final TestStore store;
    private final int node;

    ListContractIntegrationTests(TestDatabase server) {
        this.server = server;
        store = TestStore.emptyOn(server);
        node = store.node();
    }

    private interface Pages {

        Page page(JobQuery query, @Nullable Position after);
    }

    /** All pages; no page may be fuller than asked for, and no look may lead nowhere. */
    private static List<JobDescription> all(Pages list, JobQuery query) {
        List<JobDescription> jobs = new ArrayList<>();
        Position after = null;
        do {
            Page page = list.page(query, after);
            assertThat(page.jobs()).hasSizeLessThanOrEqualTo(query.pageSize());
            assertThat(page.next()).isNotEqualTo(after == null ? new Position(0, 0, 0, 0) : after);
            jobs.addAll(page.jobs());
            after = page.next();
        } while (after != null);
        return jobs;
    }

    private static List<Long> idsOf(List<JobDescription> jobs) {
        return jobs.stream().map(JobDescription::id).toList();
    }

    private List<Long> unfinished(JobQuery query, int looks) {
        return idsOf(all((q, after) -> store.lists(looks).unfinished(null, q, after), query));
    }

    private List<Long> byId(JobQuery query, int looks) {
        return idsOf(all((q, after) -> store.lists(looks).byId(null, q, after), query));
    }

    private List<Long> dead(JobQuery query, int looks) {
        return idsOf(all((q, after) -> store.lists(looks).dead(null, q, after), query));
    }

    private static List<Long> reversed(List<Long> ids) {
        List<Long> reversed = new ArrayList<>(ids);
        Collections.reverse(reversed);
        return reversed;
    }

    /** In several queues and all lanes; those that wait do so for a few moments only. Returns them in their order. */
    private List<Long> fill(int jobs) {
        for (String queue : List.of("a", "b")) {
            int id = store.queues().create(queue);
            server.execute("insert into pgjobq.job (id, lane, seq, queue_id, payload, type, attempt)"
                    + " select n, n % 12, case when n % 12 = 11 then 4000000000000000 + n % 3 else n end, " + id
                    + ", '{}', case when n % 5 = 0 then 'five' else '' end, case when n % 24 = 11 then 1 else 0 end"
                    + " from (select nextval('pgjobq.job_seq') as n from generate_series(1, " + jobs + ")) s");
        }
        return ids("select id from pgjobq.job order by queue_id, lane, seq, id");
    }

    private List<Long> ids(String sql) {
        return new JdbcTemplate(server.dataSource()).queryForList(sql, Long.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 50, 10_000})
    void unfinishedJobsComeOnceEachInTheirOrderHoweverFewRowsAreLookedAt(int looks) {
        List<Long> expected = fill(120);

        for (int page : new int[] {3, 1_000}) {
            assertThat(unfinished(UNFINISHED.pageSize(page), looks)).isEqualTo(expected);
            assertThat(unfinished(UNFINISHED.pageSize(page).newestFirst(), looks))
                    .isEqualTo(reversed(expected));
        }
        assertThat(byId(ALL.pageSize(7), looks))
                .isEqualTo(expected.stream().sorted().toList());
        assertThat(byId(ALL.newestFirst(), looks))
                .isEqualTo(reversed(expected.stream().sorted().toList()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 10_000})
    void eachStateHasItsJobsAndNoOthers(int looks) {
        fill(120);
        int queue = store.queues().find("a");
        List<Long> running = ids("select id from pgjobq.job where queue_id = " + queue + " and lane = 3 order by seq");
        server.execute("insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs) values (1, " + node + ", "
                + queue + ", 3, " + running.get(4) + ", array" + running.subList(0, 5) + ")");

        for (JobState state : UNFINISHED.states()) {
            List<Long> expected =
                    ids("select j.id from pgjobq.job_view v join pgjobq.job j on j.id = v.id where v.state = '"
                            + state.name().toLowerCase(Locale.ROOT) + "' order by j.queue_id, j.lane, j.seq, j.id");
            assertThat(expected).as("%s", state).isNotEmpty();
            assertThat(unfinished(ALL.states(state).pageSize(2), looks))
                    .as("%s", state)
                    .isEqualTo(expected);
            assertThat(unfinished(ALL.states(state).newestFirst(), looks))
                    .as("%s", state)
                    .isEqualTo(reversed(expected));
            assertThat(byId(ALL.states(state), looks))
                    .as("%s", state)
                    .isEqualTo(expected.stream().sorted().toList());
        }
        assertThat(store.lists(10_000)
                        .unfinished(queue, ALL.states(JobState.RUNNING), null)
                        .jobs())
                .hasSize(5)
                .allSatisfy(job -> {
                    assertThat(job.state()).isEqualTo(JobState.RUNNING);
                    assertThat(job.node()).isEqualTo("test");
                    assertThat(job.startedAt()).isNotNull();
                });
    }

    /** Some die at the same moment, as those do that are recorded together. */
    private List<Long> bury(int jobs) {
        for (String queue : List.of("a", "b")) {
            server.execute(
                    "insert into pgjobq.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at,"
                            + " finished_at, type, payload, errors) select nextval('pgjobq.job_seq'), "
                            + store.queues().create(queue)
                            + ", 5, 1, 'dead', d.day, now() - interval '1 day', now() - (n / 10) * interval '1 minute', '', '{}',"
                            + " jsonb_build_array(jsonb_build_object('type', 'java.io.IOException', 'message', 'm' || n))"
                            + " from generate_series(1, " + jobs
                            + ") n cross join lateral (select pgjobq.drop_on(now(),"
                            + " case when n % 2 = 0 then interval '30 days' else interval '1 day' end) as day) d");
        }
        return ids("select id from pgjobq.finished_job where state = 'dead' order by queue_id, finished_at, id");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10_000})
    void deadJobsComeOnceEachByTheirDeathsHoweverFewRowsAreLookedAt(int looks) {
        List<Long> expected = bury(60);

        for (int page : new int[] {4, 1_000}) {
            assertThat(dead(ALL.pageSize(page), looks)).isEqualTo(expected);
            assertThat(dead(ALL.pageSize(page).newestFirst(), looks)).isEqualTo(reversed(expected));
        }
        assertThat(byId(ALL.states(JobState.DEAD, JobState.SUCCEEDED), looks))
                .isEqualTo(expected.stream().sorted().toList());
    }

    @Test
    void aFilterMeansWhatItSays() {
        bury(30);
        Instant now = store.value("select now()", OffsetDateTime.class).toInstant();
        JobFilter any = JobFilter.any();
        assertThat(found(any)).isEqualTo(60);
        assertThat(found(any.error("IOException"))).isEqualTo(60);
        assertThat(found(any.error("m30"))).isEqualTo(2);
        assertThat(found(any.error("%"))).isZero();
        assertThat(found(any.finishedFrom(now.minusSeconds(90)))).isEqualTo(38);
        assertThat(found(any.finishedBefore(now.minusSeconds(90)))).isEqualTo(22);
        assertThat(found(any.sentFrom(now.minus(Duration.ofHours(1))))).isZero();
        assertThat(found(any.sentBefore(now.minus(Duration.ofHours(1))))).isEqualTo(60);
        assertThat(found(any.type("T"))).isZero();
        store.send(new NewJob(TestStore.QUEUE, 5, null, null, "{\"a\": \"b\", \"c\": \"d\"}", false), "T");
        store.fail(store.claimOne(node), null);
        assertThat(found(any.type("T").attribute("c", "d"))).isEqualTo(1);
        assertThat(found(any.attribute("c", "b"))).isZero();
    }

    private int found(JobFilter filter) {
        JobQuery query = JobQuery.of(filter);
        List<Long> dead = dead(query, 7);
        assertThat(byId(query, 7)).containsExactlyInAnyOrderElementsOf(dead);
        return dead.size();
    }

    @Test
    void ofTheErrorsOfAListedJobTheLatestIsThere() {
        long id = store.send();
        store.fail(store.claimOne(node), 0L);
        store.lanes().promote(1, null);
        store.fail(store.claimOne(node), null);

        assertThat(store.lists(10).dead(null, ALL, null).jobs()).singleElement().satisfies(job -> {
            assertThat(job.id()).isEqualTo(id);
            assertThat(job.errors())
                    .singleElement()
                    .satisfies(error -> assertThat(error.attempt()).isEqualTo(2));
        });
    }

    /** Jobs are sent, started and ended between two pages; those that were there at the start are each on one page. */
    @Test
    void aListByIdIsWholeWhileJobsComeChangeAndGo() {
        List<Long> there = store.sendAll(5, 300);
        Random random = new Random(1);
        List<Long> seen = new ArrayList<>();
        Position after = null;
        do {
            Page page = store.lists(40).byId(null, ALL.pageSize(13), after);
            seen.addAll(idsOf(page.jobs()));
            after = page.next();
            store.sendAll(random.nextInt(10), 3);
            List<ClaimedJob> claimed = store.claim(node, 12);
            if (claimed.size() > 3) {
                store.fail(claimed.get(0), 60_000L);
                store.fail(claimed.get(1), null);
                store.succeed(claimed.subList(2, claimed.size() - 1));
            }
        } while (after != null && seen.size() < 2_000);

        assertThat(seen).doesNotHaveDuplicates().containsAll(there);
    }

    @Test
    void aListOfOneQueueIsWholeForJobsThatStayWhileOthersComeAndGo() {
        List<Long> there = store.sendAll(5, 300);
        List<Long> passing = there.stream().filter(id -> id % 3 == 0).toList();
        List<Long> seen = new ArrayList<>();
        Position after = null;
        int gone = 0;
        do {
            Page page = store.lists(40).unfinished(store.queue(), UNFINISHED.pageSize(13), after);
            seen.addAll(idsOf(page.jobs()));
            after = page.next();
            store.sendAll(5, 2);
            store.sendAll(2, 2);
            for (int i = 0; i < 5 && gone < passing.size(); i++) {
                // Those at the end and those at the beginning.
                store.cancel(passing.get(gone % 2 == 0 ? gone / 2 : passing.size() - 1 - gone / 2));
                gone++;
            }
        } while (after != null && seen.size() < 2_000);

        assertThat(seen)
                .doesNotHaveDuplicates()
                .containsAll(there.stream().filter(id -> id % 3 != 0).toList());
    }
}
