package io.pgjobq.benchmarks.systems;

import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Server.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import org.postgresql.Driver;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.SchedulerRepository;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.simpl.SimpleThreadPool;

/** Quartz with its JDBC store, clustered; a job is a trigger of its own of one durable job, which costs least. */
public final class Quartz implements QueueSystem {

    private static final String SCHEDULER = "benchmark";

    private static final String TABLES = "/org/quartz/impl/jdbcjobstore/tables_postgres.sql";

    private static final String TEXT = "text";

    /**
     * How many triggers the planner's statistics are made from. Without any it takes the index on the group, which all
     * triggers share, for the way to a single one, until autovacuum comes by: Quartz is then ten times slower.
     */
    private static final int STATISTICS = 200;

    private static final int THREADS = 20;

    /** Quartz wants three more than it has threads; the rest are for senders. */
    private static final int MORE_CONNECTIONS = 13;

    @Override
    public String name() {
        return "quartz";
    }

    @Override
    public String description() {
        return "Quartz 2.5.2, JobStoreTX with PostgreSQLDelegate, clustered, " + THREADS + " threads,"
                + " batchTriggerAcquisitionMaxCount as many with acquireTriggersWithinLock, idleWaitTime 1 s (the"
                + " shortest allowed), useProperties, triggers that ignore misfires, one durable job, scheduleJobs in"
                + " bulk, HikariCP with a connection a thread and " + MORE_CONNECTIONS
                + " more";
    }

    @Override
    public void install(Database database) {
        try (InputStream tables = Objects.requireNonNull(Scheduler.class.getResourceAsStream(TABLES), TABLES)) {
            database.execute(new String(tables.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        try (QuartzClient client = new QuartzClient(scheduler(database, 1))) {
            client.scheduler().addJob(QuartzClient.JOB, true);
            client.sendAll(Collections.nCopies(STATISTICS, "statistics"));
        } catch (SchedulerException ex) {
            throw new IllegalStateException(ex);
        }
        database.execute("analyze", "truncate qrtz_triggers cascade");
    }

    @Override
    public Client open(Database database, ClientOptions options, Ledger ledger) {
        Work work = new Work(ledger, options.work());
        try {
            Scheduler scheduler = scheduler(database, options.handles() ? options.concurrencyOr(THREADS) : 1);
            scheduler.setJobFactory((fired, unused) ->
                    context -> work.run(context.getTrigger().getJobDataMap().getString(TEXT)));
            if (options.handles()) {
                scheduler.start();
            }
            return new QuartzClient(scheduler);
        } catch (SchedulerException ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** The repository of all schedulers of a process would hand out the one that it has, whatever its database. */
    private static Scheduler scheduler(Database database, int threads) throws SchedulerException {
        SchedulerRepository.getInstance().remove(SCHEDULER);
        Scheduler scheduler = new StdSchedulerFactory(properties(database, threads)).getScheduler();
        SchedulerRepository.getInstance().remove(SCHEDULER);
        return scheduler;
    }

    private static Properties properties(Database database, int threads) {
        String source = "pool-" + UUID.randomUUID();
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "org.quartz.scheduler.instanceName",
                SCHEDULER,
                "org.quartz.scheduler.instanceId",
                "AUTO",
                "org.quartz.scheduler.idleWaitTime",
                "1000",
                "org.quartz.scheduler.batchTriggerAcquisitionMaxCount",
                String.valueOf(threads),
                "org.quartz.threadPool.class",
                SimpleThreadPool.class.getName(),
                "org.quartz.threadPool.threadCount",
                String.valueOf(threads)));
        properties.putAll(Map.of(
                "org.quartz.jobStore.class",
                JobStoreTX.class.getName(),
                "org.quartz.jobStore.driverDelegateClass",
                PostgreSQLDelegate.class.getName(),
                "org.quartz.jobStore.isClustered",
                "true",
                "org.quartz.jobStore.acquireTriggersWithinLock",
                "true",
                "org.quartz.jobStore.useProperties",
                "true",
                "org.quartz.jobStore.dataSource",
                source));
        String pool = "org.quartz.dataSource." + source;
        properties.putAll(Map.of(
                pool + ".provider",
                "hikaricp",
                pool + ".driver",
                Driver.class.getName(),
                pool + ".URL",
                database.url(),
                pool + ".user",
                Database.USER,
                pool + ".maxConnections",
                String.valueOf(threads + MORE_CONNECTIONS)));
        return properties;
    }

    @Override
    public String unfinished() {
        return "select count(*) from qrtz_triggers";
    }

    private record QuartzClient(Scheduler scheduler) implements Client {

        private static final JobDetail JOB = JobBuilder.newJob(Job.class)
                .withIdentity("benchmark")
                .storeDurably()
                .build();

        @Override
        public void send(String payload) {
            try {
                scheduler.scheduleJob(trigger(payload));
            } catch (SchedulerException ex) {
                throw new IllegalStateException(ex);
            }
        }

        @Override
        public void sendAll(List<String> payloads) {
            Set<Trigger> triggers = new HashSet<>();
            payloads.forEach(payload -> triggers.add(trigger(payload)));
            try {
                scheduler.scheduleJobs(Map.of(JOB, triggers), true);
            } catch (SchedulerException ex) {
                throw new IllegalStateException(ex);
            }
        }

        private static Trigger trigger(String payload) {
            return TriggerBuilder.newTrigger()
                    .forJob(JOB)
                    .usingJobData(TEXT, payload)
                    .startNow()
                    .withSchedule(SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionIgnoreMisfires())
                    .build();
        }

        @Override
        public void close() {
            try {
                scheduler.shutdown(true);
            } catch (SchedulerException ex) {
                throw new IllegalStateException(ex);
            }
        }
    }
}
