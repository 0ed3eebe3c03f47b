package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.DeadJob;
import io.pgjobq.HistoryRetention;
import io.pgjobq.JobOutcome;
import io.pgjobq.SentJob;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What another program wrote into the tables: refused by the database, or buried alone with a reason, or told of. */
@PostgresTest
class BadRowsIntegrationTests {

    private TestDatabase database;
    private String queue = "";
    private TestNode node;

    @BeforeEach
    void startNode(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
        node = TestNode.listening(
                database, d -> d.toBuilder().pollInterval(Duration.ofMillis(50)).build());

        node.handle(
                queue,
                TestNode.worker(1, 2, HistoryRetention.DEFAULT),
                TestNode.handler(Integer.class, (number, context) -> {
                    assertThat(context.attributes()).isNotNull();
                    return number;
                }));
        node.start();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "attempt | -1 | job_attempt",
                "attempt | 101 | job_attempt",
                "attempt | 32767 | job_attempt",
                "priority | 10 | job_priority",
                "priority | -1 | job_priority",
                "seq | 0 | job_place",
                "seq | -5 | job_place",
                "seq | 9223372036854775807 | job_place",
                "seq | null | not-null",
                "lane | 12 | job_lane",
                "lane | -1 | job_lane",
                "enqueued_at | 'infinity' | job_moment",
                "enqueued_at | '-infinity' | job_moment",
                "type | repeat('x', 201) | character varying(200)",
                "type | null | not-null",
                "payload | null | not-null",
                "payload | convert_to(repeat('x', 67108865), 'UTF8') | job_payload",
                "attributes | '[]' | job_attributes",
                "attributes | 'null' | job_attributes",
                "attributes | '{\"a\": 1}' | job_attributes",
                "attributes | '{\"a\": [\"b\"]}' | job_attributes",
                "attributes | jsonb_build_object('a', repeat('x', 70000)) | job_attributes",
                "errors | '{}' | job_errors",
                "errors | '1' | job_errors",
            })
    void theDatabaseRefusesWhatCanNeverBe(String column, String value, String reason) throws Exception {
        String others = column.equals("payload") ? "payload" : column + ", payload";
        String values = column.equals("payload") ? value : value + ", '1'";
        String seq = column.equals("seq") ? "" : ", seq";
        String next = column.equals("seq") ? "" : ", nextval('pgjobq.job_seq')";
        assertThatThrownBy(() -> database.execute("insert into pgjobq.job (id, queue_id, " + others + seq
                        + ") select nextval('pgjobq.job_seq'), q.id, " + values + next
                        + " from pgjobq.queue q where q.name = '" + queue + "'"))
                .hasMessageContaining(reason);
        assertThat(works(7)).isEqualTo(7);
        node.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "''",
                "'\\xff'",
                "'\\x00'",
                "'{'",
                "'{} {}'",
                "'\"\\ud83d'",
                "'not json'",
                "convert_to(repeat('[', 100000), 'UTF8')",
                "convert_to(repeat('[', 5000) || repeat(']', 5000), 'UTF8')",
                "convert_to('1' || repeat('0', 5000), 'UTF8')",
                "'1e999999999'",
                "'\"text\"'",
                "'99999999999999'",
            })
    void aPayloadThatCantBeReadIsDeadAtOnceWithAReasonAndTheNextJobRuns(String payload) throws Exception {
        long id = insert(payload.replace("'\"\\ud83d'", "convert_to('\"\\ud83d', 'UTF8')"), "");

        await().until(() -> node.pgJobQ().deadJobs().find(id).isPresent());

        DeadJob dead = node.pgJobQ().deadJobs().find(id).orElseThrow();
        assertThat(dead.errors()).hasSize(1);
        assertThat(dead.lastError().type()).endsWith("PayloadConversionException");
        assertThat(dead.lastError().message()).contains("can't be read as java.lang.Integer");
        assertThat(works(8)).isEqualTo(8);
        node.close();
    }

    @Test
    void aJobThatWaitsWithAPlaceOfItsOwnRunsWhenItIsDue() throws Exception {
        Long id = database.queryOne(
                "insert into pgjobq.job (id, lane, seq, queue_id, type, payload) select nextval('pgjobq.job_seq'), 11,"
                        + " 1, q.id, 'Integer', '5' from pgjobq.queue q where q.name = ? returning id",
                Long.class,
                queue);

        assertThat(node.pgJobQ().completions().completion(id, Integer.class).get(20, TimeUnit.SECONDS))
                .isInstanceOf(JobOutcome.Succeeded.class);
        node.close();
    }

    @Test
    void farTimesAndStrangeErrorsTroubleNobody() throws Exception {
        long old = insert("'1'", "4713-01-01 BC");
        long late = insert("'2'", "294276-12-31");
        database.execute(
                "insert into pgjobq.job (id, lane, seq, queue_id, type, payload) select nextval('pgjobq.job_seq'),"
                        + " 11, 4611686018427387903, q.id, 'Integer', '3' from pgjobq.queue q where q.name = '"
                        + queue + "'");
        database.execute("update pgjobq.queue set paused = true where name = '" + queue + "'");
        database.execute("insert into pgjobq.job (id, seq, queue_id, type, payload, errors) select 4000000,"
                + " 4000000, q.id, 'Integer', 'x', ('[1, null, \"x\", {\"at\": 7}, '"
                + " || repeat('[', 2000) || repeat(']', 2000) || ']')::jsonb from pgjobq.queue q where q.name = '"
                + queue
                + "'");
        database.execute("update pgjobq.queue set paused = false where name = '" + queue + "'");

        for (long id : List.of(old, late)) {
            assertThat(node.pgJobQ().completions().completion(id, Integer.class).get(20, TimeUnit.SECONDS))
                    .isInstanceOf(JobOutcome.Succeeded.class);
        }
        await().until(() -> node.pgJobQ().deadJobs().find(4_000_000).isPresent());
        assertThat(TestNode.dead(node.pgJobQ(), queue)).hasSize(1);
        assertThat(node.pgJobQ().queues().describe(queue).waiting()).isEqualTo(1);
        assertThat(works(9)).isEqualTo(9);
        node.close();
    }

    @Test
    void jobsOfAQueueThatIsNotThereAreToldOfWhenANodeStarts() throws Exception {
        database.execute("insert into pgjobq.job (id, seq, queue_id, payload) values (5000000, 5000000, -7, '1')");
        database.execute(
                "insert into pgjobq.job (id, lane, seq, queue_id, payload) values (5000001, 11, 5000001, 4711, '1')");
        try (LogLines log = LogLines.capture();
                TestNode other = TestNode.polling(database.dataSource()).start()) {
            // The other node may look at that moment too, and tells of it then.
            await().until(() -> !log.with("queue number -7: does not exist, but another program stored jobs")
                            .isEmpty()
                    && !log.with("queue number 4711: does not exist, but another program stored jobs")
                            .isEmpty());
            assertThat(other.pgJobQ().isRunning()).isTrue();
        }
        assertThat(database.queryOne("select count(*) from pgjobq.job_view where queue is null", Long.class))
                .isEqualTo(2);
        assertThat(works(3)).isEqualTo(3);
        database.execute("delete from pgjobq.job where queue_id in (-7, 4711)");
        node.close();
    }

    @Test
    void aClaimThatNobodyMadeIsFreed() throws Exception {
        assertThatThrownBy(
                        () -> database.execute("insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs)"
                                + " values (1, 1, 1, 5, 1, array[1, null])"))
                .hasMessageContaining("claim_seqs");
        node.pgJobQ().queues().pause(queue);
        SentJob<Integer> sent = node.sender().to(queue).send(4, Integer.class);
        database.execute("insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs) select 77, -3, q.id, 5,"
                + " 9223372036854775806, array[" + sent.id() + ", 0, -1, " + sent.id()
                + "] from pgjobq.queue q where q.name = '"
                + queue + "'");
        node.pgJobQ().queues().resume(queue);

        assertThat(sent.completion().get(20, TimeUnit.SECONDS).resultOrThrow()).isEqualTo(4);
        node.close();
    }

    private long insert(String payload, String enqueuedAt) {
        String at = enqueuedAt.isEmpty() ? "now()" : "'" + enqueuedAt + "'";
        Long id = database.queryOne(
                "insert into pgjobq.job (id, seq, queue_id, type, payload, enqueued_at) select nextval('pgjobq.job_seq'),"
                        + " currval('pgjobq.job_seq'), q.id, 'Integer', " + payload + ", " + at
                        + " from pgjobq.queue q where q.name = ? returning id",
                Long.class,
                queue);
        return id == null ? -1 : id;
    }

    private int works(int number) throws Exception {
        return node.sender()
                .to(queue)
                .send(number, Integer.class)
                .completion()
                .get(20, TimeUnit.SECONDS)
                .resultOrThrow();
    }
}
