package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.internal.schema.SchemaScript;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestRoles;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** What each of the shipped roles may do, and what it may not. */
@PostgresTest
class RolesContractIntegrationTests {

    private static final String SQL_SEND = "select S.send('emails', '{}'), S.send_quietly('emails', '{}')";

    private final TestDatabase server;
    private final TestRoles roles;
    private final TestStore worker;
    private final RoleStatements statements;

    RolesContractIntegrationTests(TestDatabase server) {
        this.server = server;
        this.roles = TestRoles.on(server);
        this.statements = new RoleStatements(roles);
        this.worker = TestStore.on(server, roles.login("worker").pool(3), roles.schema());
    }

    @BeforeEach
    void makePartitions() {
        worker.finished().maintain();
    }

    @Test
    void theWorkerDoesAllThatANodeDoes() throws Exception {
        StoreTour tour = new StoreTour(roles.schema());
        TestStore noted = TestStore.on(server, tour.noting(roles.login("worker").pool(3)), roles.schema());
        tour.sendAndRun(noted);
        tour.lookAfter(noted);
        assertThat(tour.missing()).isEmpty();
        statements.run("worker", "select payload from S.job_view; select payload from S.finished_job_view");
    }

    @Test
    void theWorkerDropsPartitionsWhoseDayHasComeAndThoseOnly() throws SQLException {
        server.execute(sql("set role S_owner; create table S.finished_job_20010101 partition of S.finished_job"
                + " for values in ('2001-01-01'); reset role"));
        assertThat(worker.finished().drop()).isEqualTo("finished_job_20010101");
        assertThat(worker.finished().drop()).isNull();
        statements.run("worker", SQL_SEND);
    }

    @Test
    void partitionsBelongToTheOwnerWhoeverHasThemMade() {
        assertThat(server.queryOne(
                        sql("select string_agg(distinct c.relowner::regrole::text, ' ') from pg_class c"
                                + " where c.relnamespace = 'S'::regnamespace and relname not like '%change%'"),
                        String.class))
                .isEqualTo(roles.schema() + "_owner");
        assertThat(server.queryOne(
                        sql("select count(*) from pg_inherits where inhparent = 'S.finished_job'::regclass"),
                        Integer.class))
                .isPositive();
    }

    @Test
    void theSenderSendsOneJobOrManyInItsTransactionOrAlone() throws SQLException {
        TestStore sender = sender();
        long id = sender.send(new NewJob("emails", 3, null, null, "{\"tenant\": \"acme\"}", true), "Type");
        assertThat(sender.send(TestStore.delayedJob(60_000), "")).isGreaterThan(id);
        assertThat(sender.sendAll(5, 1_000)).hasSize(1_000);
        Integer before = count("job");
        sender.transaction().executeWithoutResult(status -> {
            sender.database().joined(c -> sender.jobs().send(c, TestStore.job(5), "", new byte[0], null));
            status.setRollbackOnly();
        });
        assertThat(count("job")).isEqualTo(before);
        new NotificationStore(sender.database()).announce("x", "y");
        statements.run("sender", SQL_SEND);
        assertThat(sender.queues().find(TestStore.QUEUE)).isEqualTo(worker.queue());
        new SchemaMigration(sender.dataSource(), roles.schema()).check();
    }

    @Test
    void theSenderSeesNoJobButTheOneThatItHasJustSent() {
        worker.sendAll(5, 3);
        assertThatThrownBy(() -> statements.run("sender", "select id from S.job"))
                .hasMessageContaining("currval");
        JdbcTemplate one = new JdbcTemplate(roles.login("sender").pool(1));
        Long sent = one.queryForObject(sql("select S.send('emails', '{}')"), Long.class);
        assertThat(one.queryForList(sql("select id from S.job"), Long.class)).containsExactly(sent);
    }

    @Test
    void whoIsNotAskedMayNotEvenSend() {
        statements.areRefused("nobody", SQL_SEND);
        statements.areRefused("reader", SQL_SEND);
        statements.areRefused("waiter", SQL_SEND);
        assertThatThrownBy(() -> sender().queues().create("mine"))
                .isInstanceOf(PermissionDeniedDataAccessException.class)
                .hasMessageContaining("permission denied for table queue")
                .hasMessageContaining("docs/roles.sql");
    }

    @Test
    void theWaiterMarksJobsAndSeesHowTheyEnd() {
        long id = worker.send();
        TestStore waiter = on("waiter");

        assertThat(waiter.finished().await(new long[] {id})).containsExactly(id);
        worker.fail(worker.claimOne(worker.node()), null);

        assertThat(waiter.outcome(id).state()).isEqualTo("dead");
    }

    @Test
    void theWaiterSeesHowFarJobsAreAndTheReaderDoesWithoutTheMessages() throws SQLException {
        long id = worker.send();
        new ProgressStore(worker.database())
                .record(List.of(new ReportedProgress(worker.claimOne(worker.node()), 1, 2, "of acme")));

        assertThat(new ProgressStore(on("waiter").database()).find(new long[] {id}))
                .singleElement()
                .satisfies(found -> assertThat(found.progress().message()).isEqualTo("of acme"));
        statements.run("reader", "select job_id, done, total, written_at from S.job_progress");
        statements.areRefused("reader", "select message from S.job_progress");
        statements.areRefused("waiter", "delete from S.job_progress", "update S.job_progress set done = 0");
        statements.areRefused("sender", "select done from S.job_progress", "select * from S.find_progress('{1}')");
    }

    @Test
    void theReaderSeesQueuesNodesAndJobsWithoutTheirContents() throws SQLException {
        worker.send();
        worker.fail(worker.claimOne(worker.node()), null);
        worker.send();
        TestStore reader = on("reader");
        assertThat(reader.queues().describe(TestStore.QUEUE).get(0).dead()).isEqualTo(1);
        assertThat(reader.queues().names()).containsExactly(TestStore.QUEUE);
        statements.run(
                "reader",
                "select id, queue, state, attributes, last_error from S.job_view;"
                        + " select id, queue, state, attributes, last_error from S.finished_job_view;"
                        + " select * from S.node; select * from S.queue; select * from S.claim");
        assertThat(new JdbcTemplate(reader.dataSource())
                        .queryForObject(sql("select last_error from S.finished_job_view"), String.class))
                .isEqualTo("a.Type");
    }

    @Test
    void theOwnerUpgradesTheSchemaAndTheOthersKeepTheirRights() {
        TestDatabase.Login login = roles.login("owner");
        server.execute("alter role " + login.role() + " set role = " + roles.schema() + "_owner");
        server.execute(sql("drop function S.version(); drop function S.promote(integer, timestamptz);"
                + " delete from S.pgjobq_databasechangelog where id in ('version', 'promote')"));

        new SchemaMigration(login.pool(3), roles.schema()).migrate();
        statements.areRefused("nobody", "select S.version()");
        server.execute(SchemaScript.rolesFor(roles.schema()));

        new SchemaMigration(worker.dataSource(), roles.schema()).check();
        assertThat(server.queryOne(sql("select 'S.version()'::regprocedure::text"), String.class))
                .isNotNull();
        assertThat(worker.node()).isPositive();
        partitionsBelongToTheOwnerWhoeverHasThemMade();
    }

    @Test
    void theScriptNeedsNoSuperuserOnlyTheSchemasOwnerWhoMayCreateRoles() {
        TestDatabase.Login admin = server.login();
        server.execute("alter role " + admin.role() + " createrole");
        server.execute("grant create on database " + server.name() + " to " + admin.role() + " with grant option");
        String schema = admin.role().substring(6, 18).replaceFirst("^.", "a");
        new SchemaMigration(admin.pool(3), schema).migrate();
        for (String group : List.of("owner", "worker", "sender", "waiter", "reader")) {
            server.dropLater(schema + "_" + group);
        }
        new JdbcTemplate(admin.pool(1)).execute(SchemaScript.rolesFor(schema));
        new JdbcTemplate(admin.pool(1)).execute(SchemaScript.rolesFor(schema));

        TestStore store = TestStore.on(server, server.login(schema + "_worker").pool(2), schema);
        store.finished().maintain();
        assertThat(store.send()).isPositive();
    }

    private TestStore sender() {
        return on("sender");
    }

    private TestStore on(String role) {
        DataSource pool = roles.login(role).pool(2);
        Database database = new Database(pool, roles.schema());
        return new TestStore(
                server,
                pool,
                database,
                new JobStore(database),
                new SettlementStore(database),
                new NodeStore(database),
                new LaneStore(database),
                new QueueStore(database),
                new FinishedJobStore(database),
                new CancellationStore(database),
                new DeadJobStore(database),
                worker.queue());
    }

    private @Nullable Integer count(String table) {
        return server.queryOne(sql("select count(*) from S." + table), Integer.class);
    }

    private String sql(String statement) {
        return statements.sql(statement);
    }
}
