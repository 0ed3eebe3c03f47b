package io.pgjobq.internal.store;

import io.pgjobq.test.TestDatabase;
import java.time.Duration;

/** What the tables hold and what the planner believes that they hold. */
enum Tables {
    EMPTY {
        @Override
        void prepare(TestStore store, ExplainedConnection connection) {
            // Nothing to do.
        }
    },
    FULL {
        @Override
        void prepare(TestStore store, ExplainedConnection connection) {
            fill(store);
            analyze(store.server());
        }
    },
    NEVER_ANALYZED {
        @Override
        void prepare(TestStore store, ExplainedConnection connection) {
            fill(store);
        }
    },
    ANALYZED_WHEN_EMPTY {
        @Override
        void prepare(TestStore store, ExplainedConnection connection) {
            analyze(store.server());
            fill(store);
        }
    },
    ANALYZED_WITH_ONE_JOB {
        @Override
        void prepare(TestStore store, ExplainedConnection connection) {
            store.send();
            analyze(store.server());
            fill(store);
        }
    },
    ANALYZED_WITH_ANOTHER_QUEUE {
        @Override
        void prepare(TestStore store, ExplainedConnection connection) {
            jobs(store.server(), store.queues().create("other"), JOBS / 10);
            analyze(store.server());
            fill(store);
        }
    },
    /** As after a vacuum that left one job in a large file. */
    BELIEVED_TO_BE_TINY {
        @Override
        void prepare(TestStore store, ExplainedConnection connection) {
            fill(store);
            analyze(store.server());
            believe(store.server(), "reltuples = 1, relpages = 100000");
        }
    },
    BELIEVED_TO_BE_HUGE {
        @Override
        void prepare(TestStore store, ExplainedConnection connection) {
            believe(store.server(), "reltuples = 1e9, relpages = 1");
        }
    },
    /** As on a connection that a pool opened on the first day. */
    PLANNED_WHEN_EMPTY {
        @Override
        void prepare(TestStore store, ExplainedConnection connection) {
            analyze(store.server());
            for (int i = 0; i < UNTIL_PLANS_ARE_KEPT; i++) {
                HotStatements.lookForWhatIsNotThere(store);
            }
            for (int i = 0; i < UNTIL_PLANS_ARE_KEPT; i++) {
                HotStatements.run(store, connection);
            }
            fill(store);
        }
    };

    /** The driver keeps a statement after five runs, the server its plan after five more. */
    private static final int UNTIL_PLANS_ARE_KEPT = 12;

    private static final int JOBS = Integer.getInteger("pgjobq.test.plan-jobs", 100_000);
    private static final int RUNNING = 5_000;
    private static final int ENDED = 50_000;

    abstract void prepare(TestStore store, ExplainedConnection connection);

    /** Nothing but the test tells the planner anything, or keeps what has ended from being passed over while it looks at a table. */
    static void letAlone(TestDatabase server) {
        server.execute("do $$ declare t text; begin for t in select c.oid::regclass from pg_class c"
                + " where c.relnamespace = 'pgjobq'::regnamespace and c.relkind = 'r' loop"
                + " execute 'alter table ' || t || ' set (autovacuum_enabled = off)'; end loop; end $$");
    }

    private static void analyze(TestDatabase server) {
        server.execute("vacuum (analyze) pgjobq.job, pgjobq.claim, pgjobq.finished_job");
    }

    private static void believe(TestDatabase server, String what) {
        server.execute(
                "update pg_class set " + what + " where oid in ('pgjobq.job'::regclass, 'pgjobq.claim'::regclass)");
    }

    /** Jobs that wait, jobs that run elsewhere, jobs that have ended. */
    private static void fill(TestStore store) {
        TestDatabase server = store.server();
        jobs(server, store.queue(), JOBS);
        int elsewhere = store.nodes().register(TestStore.TOKEN, "elsewhere", Duration.ofHours(1), Duration.ofHours(12));
        server.execute("insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs)"
                + " select (" + elsewhere + "::bigint << 37) + min(j.seq), " + elsewhere + ", " + store.queue()
                + ", 5, max(j.seq), array_agg(j.seq)"
                + " from (select seq from pgjobq.job where lane < 11 and queue_id = " + store.queue()
                + " order by seq limit " + RUNNING + ") j group by j.seq / 100");
        ended(server, store.queue(), "succeeded", "1 day", 0);
        ended(server, store.queue(), "dead", "30 days", ENDED);
    }

    private static void ended(TestDatabase server, int queue, String state, String kept, int before) {
        server.execute("insert into pgjobq.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at,"
                + " finished_at, type, payload) select -n - " + before + ", " + queue + ", 5, 1, '" + state
                + "', pgjobq.drop_on(now(), '" + kept + "'), now(), now() - n * interval '1 second', '', '{}'"
                + " from generate_series(1, " + ENDED + ") n");
    }

    private static void jobs(TestDatabase server, int queue, int count) {
        server.execute(
                "insert into pgjobq.job (id, lane, seq, queue_id, payload) select n, case when n % 10 = 0 then 11 else 5 end,"
                        + " case when n % 10 = 0 then (extract(epoch from clock_timestamp()) + 86400) * 1000000 + n else n end, "
                        + queue
                        + ", '{}' from (select nextval('pgjobq.job_seq') as n from generate_series(1, " + count
                        + ")) s");
    }
}
