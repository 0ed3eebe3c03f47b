package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgjobq.DeadJob;
import io.pgjobq.JobFilter;
import io.pgjobq.JobQuery;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.notify.Channels;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.internal.support.SchemaName;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** Strings that would mean something as part of a statement, in every place where one reaches SQL. */
@PostgresTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InjectionContractIntegrationTests {

    private final TestDatabase server;
    private final TestStore store;

    InjectionContractIntegrationTests(TestDatabase server) {
        this.server = server;
        this.store = TestStore.emptyOn(server);
    }

    static List<String> nasty() {
        return List.of(
                "'; drop table pgjobq.job; --",
                "\"; drop table pgjobq.job; --",
                "$$; drop table pgjobq.job; $$",
                "') or 1 = 1 --",
                "\\'; drop table pgjobq.job; --",
                "\\",
                "?",
                "${schema}",
                "$1",
                "%s %I %L {0}",
                "/* x",
                ":name",
                "{fn now()}",
                "\n\r\t\u0001\u2028",
                "ʼ＇′ \uFF07 \u00A0",
                "😀\u202Etxet",
                "'".repeat(64),
                "\"" + "ä".repeat(40),
                "x".repeat(199) + "'");
    }

    @ParameterizedTest
    @MethodSource("nasty")
    void whatASenderChoosesIsStoredAsItIs(String text) {
        NewJob job = new NewJob(TestStore.QUEUE, 5, null, null, StoredJson.write(Map.of(text, text)), false);
        long id = store.send(job, text);
        store.database()
                .alone(c -> store.jobs().sendAll(c, job, new String[] {text}, new byte[][] {TestStore.bytes(text)}));

        List<ClaimedJob> claimed = store.claim(store.node(), 10);
        assertThat(claimed).hasSize(2).allSatisfy(taken -> {
            assertThat(taken.type()).isEqualTo(text);
            assertThat(StoredJson.attributes(taken.attributes())).isEqualTo(Map.of(text, text));
        });
        assertThat(claimed.get(1).payload()).isEqualTo(TestStore.bytes(text));
        store.settlements()
                .failed(claimed.stream()
                        .map(taken -> new Failed(taken, 1, new Failure(text, text, text), null))
                        .toList());

        DeadJob dead = store.deadJobs().find(id).orElseThrow();
        assertThat(dead.type()).isEqualTo(text);
        assertThat(dead.errors().get(0).message()).isEqualTo(text);
        assertThat(dead.errors().get(0).stack()).isEqualTo(text);
        assertThat(store.lanes().unknownTypes(new LanePosition(store.queue(), 5, 0), new String[] {text}))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("nasty")
    void noQueueIsCalledSoAndNoneIsTouched(String text) {
        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> store.queues().create(text));
        assertThat(store.queues().find(text)).isNull();
        assertThat(store.queues().pause(text, true)).isNull();
        assertThat(store.queues().delete(text, true)).isNull();
        assertThat(store.queues().describe(text)).isEmpty();
        JobFilter filter = JobFilter.queue(TestStore.QUEUE)
                .type(text)
                .attribute(text, text)
                .error(text);
        JobQuery query = JobQuery.of(filter);
        assertThat(store.lists(10).unfinished(store.queue(), query, null).jobs())
                .isEmpty();
        assertThat(store.lists(10).byId(store.queue(), query, null).jobs()).hasSizeLessThanOrEqualTo(2);
        NewJob job = new NewJob(text, 5, null, null, null, false);
        assertThat(store.database().<InsertedJobs>alone(c -> store.jobs().send(c, job, "", new byte[0], null)))
                .isNull();
        assertThat(store.queues().names()).containsExactly(TestStore.QUEUE);
    }

    @ParameterizedTest
    @MethodSource("nasty")
    void aNodeMayBeCalledSo(String text) {
        int node = store.nodes().register(TestStore.TOKEN, text, Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(server.queryOne("select name from pgjobq.node where id = ?", String.class, node))
                .isEqualTo(text);
        store.leave(node);
    }

    @ParameterizedTest
    @MethodSource("nasty")
    void theFunctionsForOtherProgramsTakeItToo(String text) {
        JdbcTemplate jdbc = new JdbcTemplate(server.dataSource());
        String type = text.substring(0, Math.min(200, text.length()));
        Long id = jdbc.queryForObject(
                "select pgjobq.send('emails', to_jsonb(?::text), ?, attributes => jsonb_build_object(?::text, ?::text))",
                Long.class,
                text,
                type,
                text,
                text);
        assertThat(server.queryOne("select type from pgjobq.job_view where id = ?", String.class, id))
                .isEqualTo(type);
        assertThat(server.queryOne("select payload #>> '{}' from pgjobq.job_view where id = ?", String.class, id))
                .isEqualTo(text);
        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> jdbc.queryForObject("select pgjobq.send(?, '1')", Long.class, text))
                .withMessageContaining("does not exist");
        assertThat(store.cancel(id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\"; drop table pgjobq.job; --", "a'b", "a b", "$$", "Ä", "\\"})
    void aChannelIsListenedToByItsNameWhateverThatIs(String channel) throws Exception {
        NotificationStore notifications = new NotificationStore(store.database());
        try (Connection connection = server.open()) {
            notifications.listen(connection, List.of(channel));
            notifications.announce(channel, "'; --");
            assertThat(connection.unwrap(PGConnection.class).getNotifications(10_000))
                    .singleElement()
                    .satisfies(told -> assertThat(told.getName()).isEqualTo(channel))
                    .satisfies(told -> assertThat(told.getParameter()).isEqualTo("'; --"));
        }
    }

    @Test
    void whatTextCannotHoldIsRefusedAndNothingIsStored() {
        long before = store.count("job");
        assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> store.send(TestStore.job(5), "a\0b"));
        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() ->
                        store.nodes().register(TestStore.TOKEN, "\0", Duration.ofSeconds(1), Duration.ofSeconds(2)));
        assertThat(store.count("job")).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("nasty")
    void noSchemaIsCalledSo(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Database(server.dataSource(), text));
        assertThatIllegalArgumentException().isThrownBy(() -> new SchemaMigration(server.dataSource(), text));
        assertThatIllegalArgumentException().isThrownBy(() -> SchemaName.valid(text));
    }

    @Test
    void everyNameThatIsValidMeansTheSameWithAndWithoutQuotes() {
        List<String> reserved = new JdbcTemplate(server.dataSource())
                .queryForList("select word from pg_get_keywords() where catcode <> 'U'", String.class);
        assertThat(reserved)
                .hasSizeGreaterThan(130)
                .allSatisfy(word -> assertThatIllegalArgumentException().isThrownBy(() -> SchemaName.valid(word)));
        String longest = "a".repeat(48);
        assertThat(Channels.of(SchemaName.valid(longest)).done().length()).isLessThan(64);
        for (String word : List.of("_", longest, "job", "text", "name", "public_jobs")) {
            new SchemaMigration(server.dataSource(), word).migrate();
            new SchemaMigration(server.dataSource(), word).check();
        }
    }
}
