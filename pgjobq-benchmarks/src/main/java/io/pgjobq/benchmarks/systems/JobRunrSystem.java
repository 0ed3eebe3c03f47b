package io.pgjobq.benchmarks.systems;

import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Server.Database;
import java.time.Duration;
import java.util.List;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.server.configuration.BackgroundJobServerThreadType;
import org.jobrunr.server.configuration.DefaultBackgroundJobServerWorkerPolicy;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.StorageProviderUtils.DatabaseOptions;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.JsonMapper;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;
import org.jspecify.annotations.Nullable;

/** JobRunr's free edition. Without its dashboard it calls nobody, and nothing counts the jobs. */
public final class JobRunrSystem implements QueueSystem {

    private static final int WORKERS = 32;

    /** For the server's own threads, and the eight senders of the workload with most of them. */
    private static final int MORE_CONNECTIONS = 14;

    /** A job as JobRunr recommends it where lambdas are too slow: a request, and a handler for it. */
    public record Letter(String text) implements JobRequest {

        @Override
        public Class<Handler> getJobRequestHandler() {
            return Handler.class;
        }
    }

    /** Handles the requests. */
    public record Handler(Work work) implements JobRequestHandler<Letter> {

        @Override
        public void run(Letter letter) {
            work.run(letter.text());
        }
    }

    @Override
    public String name() {
        return "jobrunr";
    }

    @Override
    public String description() {
        return "JobRunr OSS 8.7.0, PostgresStorageProvider, Jackson 3, JobRequest handlers, poll interval 5 s (the"
                + " shortest allowed), " + WORKERS
                + " workers (its default would be 8 a core), no dashboard, finished jobs stay"
                + " for 36 h (its default), enqueue(Stream) with reWriteBatchedInserts, HikariCP with a connection a"
                + " worker and " + MORE_CONNECTIONS + " more";
    }

    @Override
    public void install(Database database) {
        try (HikariDataSource pool = Pools.open(database, 2)) {
            new PostgresStorageProvider(pool, DatabaseOptions.CREATE).close();
        }
    }

    @Override
    public Client open(Database database, ClientOptions options, Ledger ledger) {
        int workers = options.concurrencyOr(WORKERS);
        HikariDataSource pool = options.handles()
                ? Pools.open(database, workers + MORE_CONNECTIONS)
                : Pools.open(database, MORE_CONNECTIONS);
        JsonMapper json = new Jackson3JsonMapper();
        StorageProvider storage = new PostgresStorageProvider(pool, DatabaseOptions.SKIP_CREATE);
        storage.setJobMapper(new JobMapper(json));
        JobRequestScheduler scheduler = new JobRequestScheduler(storage);
        if (!options.handles()) {
            return new JobRunrClient(pool, storage, scheduler, null);
        }
        Handler handler = new Handler(new Work(ledger, options.work()));
        BackgroundJobServer server =
                new BackgroundJobServer(storage, json, activator(handler), configuration(options, workers));
        server.start();
        return new JobRunrClient(pool, storage, scheduler, server);
    }

    private static JobActivator activator(Handler handler) {
        return new JobActivator() {
            @Override
            public <T> @Nullable T activateJob(Class<T> type) {
                return type.isInstance(handler) ? type.cast(handler) : null;
            }
        };
    }

    private static BackgroundJobServerConfiguration configuration(ClientOptions options, int workers) {
        BackgroundJobServerThreadType threads = options.virtualThreads()
                ? BackgroundJobServerThreadType.VirtualThreads
                : BackgroundJobServerThreadType.PlatformThreads;
        return BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                .andPollInterval(Duration.ofSeconds(5))
                .andBackgroundJobServerWorkerPolicy(new DefaultBackgroundJobServerWorkerPolicy(workers, threads));
    }

    @Override
    public String unfinished() {
        return "select count(*) from jobrunr_jobs where state not in ('SUCCEEDED', 'DELETED')";
    }

    private record JobRunrClient(
            HikariDataSource pool,
            StorageProvider storage,
            JobRequestScheduler scheduler,
            @Nullable BackgroundJobServer server)
            implements Client {

        @Override
        public void send(String payload) {
            scheduler.enqueue(new Letter(payload));
        }

        @Override
        public void sendAll(List<String> payloads) {
            scheduler.enqueue(payloads.stream().map(Letter::new));
        }

        @Override
        public void close() {
            if (server != null) {
                server.stop();
            }
            scheduler.shutdown();
            storage.close();
            pool.close();
        }
    }
}
