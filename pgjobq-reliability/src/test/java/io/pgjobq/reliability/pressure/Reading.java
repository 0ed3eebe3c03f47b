package io.pgjobq.reliability.pressure;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What the server says at one moment.
 *
 * @param at when, on the server's clock
 * @param deadJobs dead rows of the job table, as the server counts them
 * @param deadClaims dead rows of the claim table
 * @param jobTable bytes of the job table
 * @param jobIndexes bytes of its indexes
 * @param claims bytes of the claim table with its indexes
 * @param history bytes of the finished jobs' table with its indexes
 * @param wal bytes of write-ahead log written so far
 * @param pages how often claiming and settling have looked at a page of 8 kB so far
 * @param cpu what the server's and the workers' processes have used of the processors so far
 * @param functions calls of pgjobq's functions so far
 */
record Reading(
        OffsetDateTime at,
        long deadJobs,
        long deadClaims,
        long jobTable,
        long jobIndexes,
        long claims,
        long history,
        long wal,
        long pages,
        Duration cpu,
        Map<String, Calls> functions) {

    private static final String STATE = """
            select clock_timestamp() as at,
                (select n_dead_tup from pg_stat_user_tables where relid = 'pgjobq.job'::regclass) as dead_jobs,
                (select n_dead_tup from pg_stat_user_tables where relid = 'pgjobq.claim'::regclass) as dead_claims,
                pg_table_size('pgjobq.job') as job_table, pg_indexes_size('pgjobq.job') as job_indexes,
                pg_total_relation_size('pgjobq.claim') as claims,
                (select sum(pg_total_relation_size(relid)) from pg_partition_tree('pgjobq.finished_job')) as history,
                pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint as wal,
                (select coalesce(sum(shared_blks_hit + shared_blks_read), 0) from pg_stat_statements
                    where query like '%pgjobq.claim(%' or query like '%pgjobq.settle_succeeded(%') as pages""";

    private static final String FUNCTIONS =
            "select funcname, calls, total_time from pg_stat_user_functions where schemaname = 'pgjobq'";

    /** How often a function was called, and how long it took in all. */
    record Calls(long count, double millis) {

        static final Calls NONE = new Calls(0, 0);

        Calls since(Calls earlier) {
            return new Calls(count - earlier.count, millis - earlier.millis);
        }

        double mean() {
            return count == 0 ? Double.NaN : millis / count;
        }
    }

    static Reading take(JdbcClient database, Duration cpu) {
        Map<String, Calls> functions = new HashMap<>();
        database.sql(FUNCTIONS)
                .query((row, number) -> functions.put(row.getString(1), new Calls(row.getLong(2), row.getDouble(3))))
                .list();
        return database.sql(STATE)
                .query((row, number) -> new Reading(
                        row.getObject("at", OffsetDateTime.class),
                        row.getLong("dead_jobs"),
                        row.getLong("dead_claims"),
                        row.getLong("job_table"),
                        row.getLong("job_indexes"),
                        row.getLong("claims"),
                        row.getLong("history"),
                        row.getLong("wal"),
                        row.getLong("pages"),
                        cpu,
                        functions))
                .single();
    }

    /** Calls of the function between the earlier reading and this one. */
    Calls calls(String function, Reading since) {
        return functions.getOrDefault(function, Calls.NONE).since(since.functions.getOrDefault(function, Calls.NONE));
    }
}
