package io.pgjobq.simulation;

import io.pgjobq.BackOff;
import io.pgjobq.BatchJob;
import io.pgjobq.ContainerOptions;
import io.pgjobq.Handler;
import io.pgjobq.JobContext;
import io.pgjobq.KeyOrder;
import io.pgjobq.NodeOptions;
import io.pgjobq.PgJobQ;
import io.pgjobq.QueueLimits;
import io.pgjobq.QueueOptions;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A whole node of the shipped code, on a network of its own that can be disturbed. */
final class SimulatedNode {

    /** After so long a silence the others take a node for dead. */
    static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final TestOptions OPTIONS = new TestOptions(
            QueueOptions.builder().maxAttempts(100).build(),
            ContainerOptions.builder()
                    .concurrency(8)
                    .retry(BackOff.builder()
                            .delay(Duration.ofMillis(20))
                            .multiplier(1.5)
                            .maxDelay(Duration.ofMillis(200))
                            .jitter(0.5)
                            .build())
                    .shutdownTimeout(Duration.ofSeconds(1))
                    .build());

    private static final QueueOptions KEYED = OPTIONS.queue().toBuilder()
            .limits(QueueLimits.builder().orderPerKey(KeyOrder.STRICT).build())
            .build();

    private final String name;
    private final Ledger ledger;
    private final Turns turns;
    private final Network network;
    private final PgJobQ pgJobQ;
    private final JdbcTemplate jdbc;
    private final Handling handling;
    private final Pulse pulse;
    private volatile boolean disturbed;

    /**
     * How handlers do their work.
     *
     * @param failureRate how many attempts fail, of one
     * @param slowRate how many take up to a second, of one
     */
    record Handling(double failureRate, double slowRate) {}

    SimulatedNode(String name, TestDatabase database, Ledger ledger, Turns turns, Handling handling) {
        this.name = name;
        this.ledger = ledger;
        this.turns = turns;
        this.handling = handling;
        this.network = new Network(database.pool(6));
        this.jdbc = new JdbcTemplate(network);
        this.pulse = new Pulse(name, network);
        this.pgJobQ = PgJobQ.builder(network)
                .options(NodeOptions.builder()
                        .schema("pgjobq")
                        .name(name)
                        .timeout(TIMEOUT)
                        .pollInterval(Duration.ofMillis(200))
                        .completionTimeout(Duration.ofMinutes(1))
                        .build())
                .listenConnections(database.isListenedTo() ? () -> network.through(database.open()) : null)
                .build();
        pgJobQ.container("plain", List.of(handler(this::plain, null)), OPTIONS.queue(), OPTIONS.container());
        pgJobQ.container(
                "own",
                List.of(handler((job, context) -> attempt(job, () -> {}), null)),
                OPTIONS.queue(),
                OPTIONS.container());
        pgJobQ.container("keyed", List.of(handler(this::keyed, null)), KEYED, OPTIONS.container());
        pgJobQ.container(
                SimulatedSchedules.QUEUE,
                List.of(handler((job, context) -> {}, null)),
                OPTIONS.queue(),
                OPTIONS.container());
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(network));
        pgJobQ.container("joint", List.of(handler(this::joint, transaction)), OPTIONS.queue(), OPTIONS.container());
        pgJobQ.container(
                "batched",
                List.of(Handler.ofBatches(
                        "simulated batches",
                        byte[].class,
                        Set.of(),
                        transaction,
                        new Handler.Batching(20, Duration.ofMillis(20)),
                        this::batched)),
                OPTIONS.queue(),
                OPTIONS.container());
    }

    private static Handler handler(Work work, @Nullable TransactionTemplate transaction) {
        return new Handler("simulated handler", byte[].class, Set.of(), transaction, (payload, context) -> {
            long job = Long.parseLong(new String((byte[]) payload, StandardCharsets.UTF_8));
            work.run(job, context);
            return job;
        });
    }

    @FunctionalInterface
    private interface Work {

        void run(long job, JobContext context);
    }

    /** A job's payload, type and result say which it is, and each of them is stored in its own way. */
    static byte[] payload(long job) {
        return Long.toString(job).getBytes(StandardCharsets.UTF_8);
    }

    SimulatedNode start() {
        pulse.start();
        pgJobQ.start();
        pgJobQ.containers().forEach(WorkerContainer::start);
        return this;
    }

    PgJobQ pgJobQ() {
        return pgJobQ;
    }

    /** From now on a job of this node may be started elsewhere while it still runs here. */
    boolean wasDisturbed() {
        return disturbed;
    }

    /** Returns whether it could not show for long at some time between the two that it lives. */
    boolean wasSilent(long start, long end) {
        return pulse.failed(start, end);
    }

    int silences() {
        return pulse.gaps();
    }

    void freeze() {
        disturbed = true;
        network.freeze();
    }

    void thaw() {
        network.thaw();
    }

    /** The process dies: nothing of it reaches the server any more. */
    void kill() {
        disturbed = true;
        network.cut();
    }

    void close() {
        pulse.close();
        pgJobQ.close();
    }

    private void plain(long job, JobContext context) {
        if (!context.type().equals(Long.toString(job))) {
            ledger.violation("job " + context.type() + " came with the payload of job " + job);
        }
        attempt(job, () -> {});
        if (ThreadLocalRandom.current().nextInt(5) == 0) {
            sendOwn();
        }
    }

    private void keyed(long job, JobContext context) {
        Turns.Turn turn = turns.begin(context.key().orElseThrow(), job, context.id(), this);
        try {
            attempt(job, () -> {});
        } finally {
            turns.end(turn);
        }
    }

    /** A job that this node may run without asking for it. */
    private void sendOwn() {
        long job = ledger.number();
        int history = ledger.history();
        try {
            pgJobQ.sender()
                    .to("own")
                    .type(Long.toString(job))
                    .priority(ThreadLocalRandom.current().nextInt(4, 6))
                    .send(payload(job));
            ledger.committed(List.of(job), history);
        } catch (DataAccessException ex) {
            // It may exist all the same, and is run then.
            ledger.inDoubt(List.of(job));
        }
    }

    private void joint(long job, JobContext context) {
        attempt(job, () -> jdbc.update("insert into effect (job) values (?)", job));
    }

    /** Some of the jobs fail apart from the others, and now and then all of them. */
    private void batched(List<BatchJob<byte[]>> jobs) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Map<Long, Ledger.Start> starts = new LinkedHashMap<>();
        List<Long> done = new ArrayList<>();
        try {
            for (BatchJob<byte[]> each : jobs) {
                long job = Long.parseLong(new String(each.payload(), StandardCharsets.UTF_8));
                starts.put(job, ledger.started(job, this));
                if (random.nextDouble() < handling.failureRate) {
                    each.fail(new IllegalStateException("fails apart from the others"));
                } else {
                    jdbc.update("insert into effect (job) values (?)", job);
                    done.add(job);
                }
            }
            LockSupport.parkNanos(random.nextInt(500_000));
            if (random.nextDouble() < handling.failureRate) {
                throw new IllegalStateException("all fail now and then");
            }
            done.forEach(ledger::ran);
            // Another one of the batch may be cancelled or lost, so that this one runs again.
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

                @Override
                public void afterCommit() {
                    done.forEach(job -> ledger.succeeded(job, starts.get(job)));
                }
            });
        } finally {
            starts.forEach(ledger::ended);
        }
    }

    private void attempt(long job, Runnable effect) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Ledger.Start start = ledger.started(job, this);
        try {
            effect.run();
            LockSupport.parkNanos(random.nextInt(random.nextDouble() < handling.slowRate ? 1_000_000_000 : 500_000));
            if (random.nextDouble() < handling.failureRate) {
                throw new IllegalStateException("fails now and then");
            }
            ledger.succeeded(job, start);
        } finally {
            ledger.ended(job, start);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
