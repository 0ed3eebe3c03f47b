package io.pgjobq.internal.engine;

import io.pgjobq.BackOff;
import io.pgjobq.ContainerOptions;
import io.pgjobq.DeadJob;
import io.pgjobq.Handler;
import io.pgjobq.HistoryRetention;
import io.pgjobq.JobContext;
import io.pgjobq.JobFilter;
import io.pgjobq.JobQuery;
import io.pgjobq.JobSender;
import io.pgjobq.JobState;
import io.pgjobq.Jobs;
import io.pgjobq.ListenConnectionFactory;
import io.pgjobq.NodeOptions;
import io.pgjobq.PayloadUpgrade;
import io.pgjobq.PgJobQ;
import io.pgjobq.QueueOptions;
import io.pgjobq.WorkerContainer;
import io.pgjobq.internal.convert.JobTypes;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionOperations;

/** A node with short intervals, for tests. */
public final class TestNode implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final PgJobQ pgJobQ;

    private TestNode(PgJobQ pgJobQ) {
        this.pgJobQ = pgJobQ;
    }

    /** What a handler does. */
    @FunctionalInterface
    public interface Work<P> {

        @Nullable
        Object run(P payload, JobContext context) throws Throwable;
    }

    /**
     * A node that listens, and polls so rarely that a lost wake-up would be noticed. In a run that polls only, one that
     * polls often.
     */
    public static TestNode listening(TestDatabase database) {
        return listening(database, options -> options);
    }

    /** A node that listens, with options of its own. */
    public static TestNode listening(TestDatabase database, UnaryOperator<NodeOptions> options) {
        return listening(database, database.dataSource(), options);
    }

    /** A node that listens, with a pool of its own. */
    public static TestNode listening(TestDatabase database, DataSource dataSource, UnaryOperator<NodeOptions> options) {
        boolean listens = database.isListenedTo();
        return on(
                dataSource,
                listens ? database::open : null,
                options.apply(options(listens ? Duration.ofMinutes(10) : POLL)));
    }

    /** A node that only polls, with what brings payloads to later versions. */
    public static TestNode polling(DataSource dataSource, PayloadUpgrade... upgrades) {
        return new TestNode(PgJobQ.builder(dataSource)
                .options(options(POLL))
                .listenConnections(null)
                .upgrades(List.of(upgrades))
                .build());
    }

    /** A node on a pool and listen connections of its own. */
    public static TestNode on(
            DataSource dataSource, @Nullable ListenConnectionFactory connections, NodeOptions options) {
        return new TestNode(PgJobQ.builder(dataSource)
                .options(options)
                .listenConnections(connections)
                .build());
    }

    /** Worker options with a concurrency, and short back-offs. */
    public static TestOptions concurrency(int concurrency) {
        return worker(concurrency, 3, HistoryRetention.DEFAULT);
    }

    /** Worker options with short back-offs. */
    public static TestOptions worker(int concurrency, int maxAttempts, HistoryRetention history) {
        BackOff retry = BackOff.fixed(Duration.ofMillis(20));
        return new TestOptions(
                QueueOptions.builder().maxAttempts(maxAttempts).history(history).build(),
                ContainerOptions.builder()
                        .concurrency(concurrency)
                        .retry(retry)
                        .shutdownTimeout(Duration.ofSeconds(25))
                        .build());
    }

    /** Options with a poll interval. */
    public static NodeOptions options(Duration pollInterval) {
        NodeOptions d = NodeOptions.DEFAULT;
        boolean virtual = Runtime.version().feature() >= 21;
        return d.toBuilder()
                .name("test-" + COUNT.incrementAndGet())
                .timeout(Duration.ofSeconds(15))
                .pollInterval(pollInterval)
                .completionTimeout(Duration.ofMinutes(1))
                .virtualThreads(virtual)
                .build();
    }

    /** A handler of payloads of that class. */
    public static <P> Handler handler(Class<P> type, Work<P> work) {
        return handler(type, null, work);
    }

    /** A handler of payloads of that class, in a transaction. */
    public static <P> Handler handler(Class<P> type, @Nullable TransactionOperations transaction, Work<P> work) {
        Set<String> types = type == byte[].class ? Set.of() : JobTypes.namesFor(type);
        return new Handler(
                type.getSimpleName() + " handler",
                type,
                types,
                transaction,
                (payload, context) -> work.run(type.cast(payload), context));
    }

    /** Adds a container, started if the node is. */
    public <P> WorkerContainer handle(String queue, Class<P> type, Work<P> work) {
        return handle(queue, TestOptions.DEFAULT, handler(type, work));
    }

    /** Adds a container whose jobs say that they have started, and wait until they may end. */
    public WorkerContainer block(String queue, Semaphore started, Semaphore ends) {
        return handle(queue, concurrency(4), handler(Integer.class, (number, context) -> {
            started.release();
            ends.acquire();
            return null;
        }));
    }

    /** Adds a container, started if the node is. */
    public WorkerContainer handle(String queue, TestOptions options, Handler... handlers) {
        WorkerContainer container = pgJobQ.container(queue, List.of(handlers), options.queue(), options.container());
        if (pgJobQ.isRunning()) {
            container.start();
        }
        return container;
    }

    /** Starts the node and its containers. */
    public TestNode start() {
        pgJobQ.start();
        pgJobQ.containers().forEach(WorkerContainer::start);
        return this;
    }

    /** The node's sender. */
    public JobSender sender() {
        return pgJobQ.sender();
    }

    /** What looks at the node's jobs. */
    public Jobs jobs() {
        return pgJobQ.jobs();
    }

    /** The node itself. */
    public PgJobQ pgJobQ() {
        return pgJobQ;
    }

    @Override
    public void close() {
        pgJobQ.close();
    }

    /** The dead jobs of a queue, the latest first, with all that is known of them. */
    static List<DeadJob> dead(PgJobQ pgJobQ, String queue) {
        JobQuery query =
                JobQuery.of(JobFilter.queue(queue)).states(JobState.DEAD).pageSize(1_000);
        return pgJobQ.jobs().list(query).jobs().stream()
                .flatMap(job -> pgJobQ.deadJobs().find(job.id()).stream())
                .toList();
    }
}
