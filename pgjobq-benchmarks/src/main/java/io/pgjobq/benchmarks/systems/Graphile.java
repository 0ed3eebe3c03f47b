package io.pgjobq.benchmarks.systems;

import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Server.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** graphile-worker in a Node process, to which jobs are sent from here by its SQL functions, as its documentation has it. */
public final class Graphile implements QueueSystem {

    private static final int CONCURRENCY = 24;

    /** For the eight threads of the workload with most of them, and some. */
    private static final int SENDERS = 10;

    private static final String ADD_JOB =
            "select 1 from graphile_worker.add_job('benchmark', json_build_object('text', ?::text))";

    private static final String ADD_JOBS = "select count(*) from graphile_worker.add_jobs(array("
            + "select json_populate_record(null::graphile_worker.job_spec, json_build_object("
            + "'identifier', 'benchmark', 'payload', json_build_object('text', text)))"
            + " from unnest(?::text[]) as text))";

    @Override
    public String name() {
        return "graphile-worker";
    }

    @Override
    public String description() {
        return "graphile-worker 0.18.0 (npm) on Node 22.23.3 with pg 8.23.1, one process a node, concurrentJobs "
                + CONCURRENCY + " and one connection more, localQueue of 500, completeJobBatchDelay and"
                + " failJobBatchDelay 0, as its page on performance has it; sending from Java by add_job and add_jobs";
    }

    @Override
    public @Nullable String missing() {
        return GraphileInstallation.ensure();
    }

    @Override
    public void install(Database database) {
        String missing = missing();
        if (missing != null) {
            throw new IllegalStateException(missing);
        }
        int code = GraphileInstallation.await(GraphileInstallation.start(database, "migrate"), 60);
        if (code != 0) {
            throw new IllegalStateException("graphile-worker's migration ended with exit code " + code);
        }
    }

    @Override
    public Client open(Database database, ClientOptions options, Ledger ledger) {
        if (!options.handles()) {
            return new GraphileClient(Pools.open(database, SENDERS), null);
        }
        HikariDataSource pool = Pools.open(database, SENDERS);
        return new GraphileClient(
                pool, new GraphileProcess(database, options, options.concurrencyOr(CONCURRENCY), ledger));
    }

    @Override
    public String unfinished() {
        return "select count(*) from graphile_worker._private_jobs";
    }

    private record GraphileClient(
            HikariDataSource pool, @Nullable GraphileProcess process) implements Client {

        @Override
        public void send(String payload) {
            add(ADD_JOB, payload);
        }

        @Override
        public void sendAll(List<String> payloads) {
            add(ADD_JOBS, payloads.toArray(String[]::new));
        }

        private void add(String query, Object parameter) {
            try (Connection connection = pool.getConnection();
                    PreparedStatement add = connection.prepareStatement(query)) {
                add.setObject(1, parameter);
                add.executeQuery().close();
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            }
        }

        @Override
        public List<Long> processes() {
            return process == null ? List.of() : process.pids();
        }

        @Override
        public void close() {
            pool.close();
            if (process != null) {
                process.close();
            }
        }
    }
}
