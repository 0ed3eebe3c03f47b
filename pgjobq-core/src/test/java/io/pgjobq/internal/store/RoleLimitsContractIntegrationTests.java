package io.pgjobq.internal.store;

import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestRoles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the shipped roles try in vain. */
@PostgresTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@AlsoThroughPgBouncer
class RoleLimitsContractIntegrationTests {

    private static final String[] BEYOND_A_WORKER = {
        "drop table S.finished_job",
        "create table S.evil ()",
        "truncate S.job",
        "alter table S.job disable row level security",
        "alter function S.version() volatile",
        "create or replace function S.version() returns integer language sql return 9",
        "create trigger evil before insert on S.job for each row execute function suppress_redundant_updates_trigger()",
        "drop schema S cascade"
    };

    private static final String[] BEYOND_A_SENDER = {
        "select payload from S.job",
        "select type, attributes, errors from S.job",
        "select * from S.job_view",
        "select id from S.finished_job",
        "select * from S.finished_job_view",
        "select * from S.claim",
        "select * from S.node",
        "select last_value from S.job_seq",
        "select setval('S.job_seq', 1)",
        "update S.job set priority = 0",
        "update S.job set awaited = true",
        "delete from S.job",
        "select id from S.job for update",
        "insert into S.queue (name) values ('mine')",
        "update S.queue set paused = true",
        "insert into S.claim (id, node_id, queue_id, lane, max_seq, seqs) values (1, 1, 1, 5, 1, '{1}')",
        "insert into S.node (token, name, heartbeat_every, silence_allowed) values (1, 'x', '1 s', '1 s')",
        "insert into S.job (id, seq, queue_id, payload, attempt) values (nextval('S.job_seq'), 1, 1, '', 0)",
        "select nextval('S.job_seq');"
                + " insert into S.job (id, seq, queue_id, payload) values (9000000, 9000000, 1, '')",
        "insert into S.job (id, seq, queue_id, payload) values (nextval('S.job_seq'), 1, 1, '')",
        "select nextval('S.job_seq'); insert into S.job (id, seq, lane, queue_id, payload)"
                + " select currval('S.job_seq'), currval('S.job_seq'), 10, q.id, '' from S.queue q where q.name = 'emails'",
        "insert into S.job (id, seq, queue_id, payload)"
                + " select nextval('S.job_seq') + 5, currval('S.job_seq') + 5, 1, ''",
        "select nextval('S.job_seq');"
                + " insert into S.job (id, seq, queue_id, payload)"
                + " values (currval('S.job_seq'), currval('S.job_seq'), 9000, '')",
        "select nextval('S.job_seq');"
                + " insert into S.job (id, seq, queue_id, payload)"
                + " select currval('S.job_seq'), currval('S.job_seq'), id, '' from S.queue where name like '(deleted)%'",
        "select * from S.claim(1, 1, 1, 1, 1, 1, '{5}', '{0}', '{0}', '{0}', null, '{}', '{}', '{}')",
        "select S.give_up_keys(1, '{}', '{}')",
        "select S.settle_succeeded('{1}', '{1}', '{1}', '{1}', '{null}', '{1}', '{1}', '{1}')",
        "select S.cancel(1)",
        "select S.redrive(1, null, null)",
        "select S.list_dead(1, null, null, null, null, null, null, null, true, 1, 1, null, null, null)",
        "select S.release('{1}', '{1}', '{1}')",
        "select S.rescue(1)",
        "select S.promote(1, null)",
        "select S.maintain_history()",
        "select S.drop_history()",
        "select S.payload_json('')",
        "create table S.evil ()"
    };

    private static final String[] CONTENTS = {
        "select payload from S.job",
        "select errors from S.job",
        "select payload from S.job_view",
        "select errors from S.job_view",
        "select * from S.job_view",
        "select payload from S.finished_job",
        "select payload from S.finished_job_view",
        "select result from S.finished_job_view",
        "select errors from S.finished_job_view",
    };

    private static final String[] CHANGES = {
        "select S.send('emails', '{}')",
        "select S.send_quietly('emails', '{}')",
        "insert into S.job (id, seq, queue_id, payload) values (1, 1, 1, '')",
        "update S.job set priority = 0",
        "delete from S.job",
        "delete from S.finished_job",
        "update S.queue set paused = true",
        "insert into S.queue (name) values ('mine')",
        "delete from S.node",
        "delete from S.claim",
        "select nextval('S.job_seq')",
        "select S.cancel(1)",
        "select S.redrive(1, null, null)",
        "select S.list_dead(1, null, null, null, null, null, null, null, true, 1, 1, null, null, null)",
        "select S.drop_history()",
        "create table S.evil ()"
    };

    private final RoleStatements statements;

    RoleLimitsContractIntegrationTests(TestDatabase server) {
        TestRoles roles = TestRoles.on(server);
        statements = new RoleStatements(roles);
        server.execute(statements.sql("insert into S.queue (name) values ('emails');"
                + " insert into S.queue (name, deleted_xid) values ('(deleted) 2 old', pg_current_xact_id()); select S.maintain_history();"
                + " select S.send('emails', '{}')"));
    }

    @Test
    void theWorkerOwnsNothing() {
        statements.areRefused("worker", BEYOND_A_WORKER);
    }

    @Test
    void theSenderMayOnlySend() {
        statements.areRefused("sender", BEYOND_A_SENDER);
    }

    @Test
    void theWaiterChangesNothingAndSeesNoPayload() {
        statements.areRefused("waiter", CONTENTS);
        statements.areRefused("waiter", CHANGES);
        statements.areRefused("waiter", "update S.job set awaited = false");
        statements.areRefused("waiter", "select type from S.job", "select type from S.finished_job");
    }

    @Test
    void theReaderChangesNothingAndSeesNoContents() {
        statements.areRefused("reader", CONTENTS);
        statements.areRefused("reader", CHANGES);
        statements.areRefused("reader", "select result from S.finished_job", "select errors from S.finished_job");
    }

    @Test
    void whoHasNoneOfTheRolesMayDoNothing() {
        statements.areRefused("nobody", BEYOND_A_WORKER);
        statements.areRefused("nobody", BEYOND_A_SENDER);
        statements.areRefused("nobody", CONTENTS);
        statements.areRefused("nobody", CHANGES);
        statements.areRefused("nobody", "select S.version()");
    }
}
