package io.pgjobq.benchmarks.systems;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Server.Database;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * db-scheduler, with one of its two ways to poll.
 *
 * @param lockAndFetch whether it locks what it fetches, rather than each execution when it starts
 */
public record DbScheduler(boolean lockAndFetch) implements QueueSystem {

    private static final int THREADS_FETCH = 20;

    private static final int THREADS_LOCK_AND_FETCH = 50;

    /** For a client that only sends: the eight threads of the workload with most of them, and some. */
    private static final int SENDERS = 10;

    @Override
    public String name() {
        return lockAndFetch ? "db-scheduler-lock" : "db-scheduler";
    }

    @Override
    public String description() {
        return "db-scheduler 16.12.0, one-time tasks, "
                + (lockAndFetch ? "pollUsingLockAndFetch(0.5, 4.0)" : "pollUsingFetch(0.5, 3.0), its default") + ", "
                + threads() + " threads, polling interval 1 s, immediate execution, data as plain UTF-8 instead of Java"
                + " serialization, indexes for executions without priority, scheduleBatch with reWriteBatchedInserts,"
                + " HikariCP with a connection a thread and ten more";
    }

    @Override
    public void install(Database database) {
        database.execute(
                "create table scheduled_tasks (task_name text not null, task_instance text not null, task_data bytea,"
                        + " execution_time timestamptz not null, picked boolean not null, picked_by text,"
                        + " last_success timestamptz, last_failure timestamptz, consecutive_failures int,"
                        + " last_heartbeat timestamptz, version bigint not null, priority smallint,"
                        + " primary key (task_name, task_instance))",
                "create index on scheduled_tasks (execution_time)",
                "create index on scheduled_tasks (last_heartbeat)");
    }

    @Override
    public Client open(Database database, ClientOptions options, Ledger ledger) {
        int threads = options.concurrencyOr(threads());
        HikariDataSource pool =
                options.handles() ? Pools.open(database, threads + SENDERS) : Pools.open(database, SENDERS);
        Work work = new Work(ledger, options.work());
        OneTimeTask<String> task =
                Tasks.oneTime("benchmark", String.class).execute((instance, context) -> work.run(instance.getData()));
        if (!options.handles()) {
            SchedulerClient client = SchedulerClient.Builder.create(pool, task)
                    .serializer(new Text())
                    .build();
            return new DbSchedulerClient(pool, task, client, null);
        }
        Scheduler scheduler = scheduler(pool, task, threads);
        scheduler.start();
        return new DbSchedulerClient(pool, task, scheduler, scheduler);
    }

    private int threads() {
        return lockAndFetch ? THREADS_LOCK_AND_FETCH : THREADS_FETCH;
    }

    private Scheduler scheduler(HikariDataSource pool, OneTimeTask<String> task, int threads) {
        SchedulerBuilder builder = Scheduler.create(pool, task)
                .threads(threads)
                .pollingInterval(Duration.ofSeconds(1))
                .enableImmediateExecution()
                .serializer(new Text())
                .shutdownMaxWait(Duration.ofSeconds(10));
        return (lockAndFetch ? builder.pollUsingLockAndFetch(0.5, 4.0) : builder.pollUsingFetch(0.5, 3.0)).build();
    }

    @Override
    public String unfinished() {
        return "select count(*) from scheduled_tasks";
    }

    /** A text as its bytes: what costs least. */
    private static final class Text implements Serializer {

        @Override
        public byte[] serialize(Object data) {
            return ((String) data).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public <T> T deserialize(Class<T> type, byte[] bytes) {
            return type.cast(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private record DbSchedulerClient(
            HikariDataSource pool,
            OneTimeTask<String> task,
            SchedulerClient client,
            @Nullable Scheduler scheduler) implements Client {

        /** A batch of one, as the other ways look first whether the execution is there. */
        @Override
        public void send(String payload) {
            sendAll(List.of(payload));
        }

        @Override
        public void sendAll(List<String> payloads) {
            List<TaskInstance<?>> instances = new ArrayList<>(payloads.size());
            payloads.forEach(payload -> instances.add(instance(payload)));
            client.scheduleBatch(instances, Instant.now());
        }

        private TaskInstance<String> instance(String payload) {
            return task.instance(UUID.randomUUID().toString(), payload);
        }

        @Override
        public void close() {
            if (scheduler != null) {
                scheduler.stop();
            }
            pool.close();
        }
    }
}
