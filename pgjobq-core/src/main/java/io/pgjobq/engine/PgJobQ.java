package io.pgjobq.engine;

import io.pgjobq.DeadJobs;
import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.JobCompletions;
import io.pgjobq.JobQueues;
import io.pgjobq.JobSender;
import io.pgjobq.PayloadConverter;
import io.pgjobq.WorkerContainer;
import io.pgjobq.notify.DerivedConnections;
import io.pgjobq.notify.DerivedConnections.Instead;
import io.pgjobq.notify.ListenConnectionFactory;
import io.pgjobq.schema.SchemaMigration;
import io.pgjobq.store.TransactionEnds;
import io.pgjobq.support.Background;
import io.pgjobq.support.Lifecycle;
import io.pgjobq.support.Log;
import io.pgjobq.support.Outage;
import io.pgjobq.support.Vitals;
import io.pgjobq.worker.Handler;
import io.pgjobq.worker.QueueContainer;
import io.pgjobq.worker.WorkerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.ConfigurableTransactionManager;

/**
 * One node: the sender, the containers, and what keeps them going. Build it, {@link #start()} it, {@link #close()} it; the
 * Spring Boot starter does that by itself. Thread-safe.
 *
 * <pre>{@code
 * PgJobQ pgJobQ = PgJobQ.builder(dataSource).build();
 * WorkerContainer emails = pgJobQ.container("emails", List.of(handler), WorkerOptions.DEFAULT);
 * pgJobQ.start();
 * emails.start();
 * pgJobQ.sender().send("emails", new WelcomeEmail("ada@example.org"));
 * }</pre>
 *
 * <p>The sender works before the start and after the stop; its jobs are then found by a node that runs.
 */
public final class PgJobQ implements SmartLifecycle, AutoCloseable {

    /** Below the phases of web servers, so that sending and waiting work as long as requests are served. */
    public static final int PHASE = DEFAULT_PHASE - 4096;

    private static final Logger LOG = Log.of(PgJobQ.class);

    private final EngineOptions options;
    private final boolean migrate;
    private final boolean takesPart;
    private final SchemaMigration schema;
    private final Parts parts;

    /** The queues that are to exist, with their settings. */
    private final Map<String, WorkerOptions> declared = new ConcurrentHashMap<>();

    /** Awaits a database that could not be reached at the start. */
    private final Background preparing;

    private final Lifecycle lifecycle = new Lifecycle();

    /** Queues can be created: each by who declares it from now on, those that are declared already by the start. */
    private volatile boolean creates;

    /** What keeps the containers going has been started. */
    private volatile boolean prepared;

    /** Finds the settings of a queue that will be declared. */
    private final Function<String, @Nullable WorkerOptions> toBeDeclared;

    private PgJobQ(Builder builder) {
        this.toBeDeclared = builder.toBeDeclared;
        this.options = builder.options;
        this.migrate = builder.migrate;
        this.takesPart = builder.takesPart;
        this.schema = new SchemaMigration(builder.dataSource, options.schema());
        this.parts = new Parts(
                builder.dataSource,
                options,
                builder.converter,
                builder.listenConnections.get(),
                takesPart,
                this::create,
                this::createDeclared,
                System::nanoTime);
        this.preparing = new Background("pgjobq-start", parts.vitals());
    }

    /** Starts building a node on the given {@code DataSource}. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /** Returns the sender. */
    public JobSender sender() {
        return parts.sender();
    }

    /** Returns what waits for jobs. */
    public JobCompletions completions() {
        return parts.completions();
    }

    /** Returns what manages queues. */
    public JobQueues queues() {
        return parts.queues();
    }

    /** Returns what looks at dead jobs. */
    public DeadJobs deadJobs() {
        return parts.deadJobs();
    }

    /** Returns the containers, in the order in which they were created. */
    public List<WorkerContainer> containers() {
        return List.copyOf(parts.switchboard().containers());
    }

    /**
     * Creates the container of a queue, which the caller starts and stops. The queue is created when the node starts, or at
     * once if it runs.
     *
     * @throws IllegalArgumentException if the name is not valid, two handlers want the same jobs, there is a container for
     *     the queue already, or this is no node
     */
    public WorkerContainer container(String queue, List<Handler> handlers, WorkerOptions workerOptions) {
        if (!takesPart) {
            throw new IllegalArgumentException(
                    "queue '" + queue + "': can't have a container where takesPart is false");
        }
        for (WorkerContainer other : parts.switchboard().containers()) {
            if (other.queue().equals(queue)) {
                throw new IllegalArgumentException("queue '" + queue + "': has a container already");
            }
        }
        QueueContainer container =
                new QueueContainer(QueueNames.valid(queue), handlers, workerOptions, parts.services());
        declareQueue(queue, workerOptions);
        parts.switchboard().add(container);
        if (creates) {
            container.setQueueId(create(container));
        }
        return container;
    }

    /**
     * Lets a queue exist, with its settings, that this node only sends to. It is created when the node starts, or at once if
     * it runs; by others if this is no node.
     *
     * @throws IllegalArgumentException if the name is not valid
     */
    public void declareQueue(String queue, WorkerOptions workerOptions) {
        declared.put(QueueNames.valid(queue), workerOptions);
        if (creates && takesPart) {
            create(queue, workerOptions);
        }
    }

    /**
     * Migrates or checks the schema, creates the queues, and starts what keeps the containers going. If the database can't
     * be reached and is not required, it is awaited in the background.
     */
    @Override
    public void start() {
        lifecycle.start(this::start);
    }

    private void start(long generation) {
        parts.settler().start();
        try {
            prepare(generation);
        } catch (RuntimeException | Error ex) {
            if (options.databaseRequired() || !(ex instanceof DataAccessException)) {
                Lifecycle.runAll(this::end);
                throw ex;
            }
            prepareInBackground(generation, ex);
        }
    }

    private void prepare(long generation) {
        if (migrate) {
            schema.migrate();
        } else {
            schema.check();
        }
        parts.database().inspect();
        if (takesPart) {
            enter();
        }
        startBackground(generation);
    }

    private void enter() {
        declared.forEach(this::create);
        parts.finished().maintain();
        parts.node().register();
        // Before the look at who is there: whoever comes after it creates its own queue.
        creates = true;
        declared.forEach(this::create);
        for (QueueContainer container : parts.switchboard().containers()) {
            container.setQueueId(create(container));
        }
    }

    /** A database that answers late may do so when the node has been stopped: then nothing starts any more. */
    private void startBackground(long generation) {
        preparing.change(() -> {
            if (lifecycle.isCurrent(generation)) {
                prepared = true;
                parts.startBackground();
            }
        });
        if (prepared) {
            parts.awaitListening();
        } else {
            parts.node().unregister();
        }
    }

    private void prepareInBackground(long generation, Throwable first) {
        Outage outage = new Outage(LOG, "starting", parts.vitals());
        Duration pause = outage.failed(first);
        preparing.start(new Background.Step() {

            private Duration rest = pause;

            @Override
            public boolean run() throws InterruptedException {
                preparing.rest(rest);
                if (preparing.isStopping()) {
                    return false;
                }
                try {
                    prepare(generation);
                    outage.recovered();
                    return false;
                } catch (RuntimeException | Error ex) {
                    rest = outage.failed(ex);
                    return true;
                }
            }
        });
    }

    /** Stops what keeps the containers going, and leaves the list of nodes. The containers must be stopped before. */
    @Override
    public void stop() {
        lifecycle.stop(this::end);
    }

    private void end() {
        Lifecycle.runAll(preparing::stop, () -> parts.settler().stop(Duration.ofSeconds(5)), this::leave);
    }

    private void leave() {
        creates = false;
        boolean started = preparing.read(() -> {
            boolean was = prepared;
            prepared = false;
            return was;
        });
        if (started) {
            parts.stopBackground();
        } else {
            parts.node().unregister();
        }
    }

    /** Stops the containers and the node, and ends all threads. */
    @Override
    public void close() {
        Stream<Lifecycle.Stop> containers =
                parts.switchboard().containers().stream().map(each -> each::stop);
        Stream<Lifecycle.Stop> node = Stream.of(this::stop, parts.completions()::close, parts::closeThreads);
        Lifecycle.runAll(Stream.concat(containers, node).toArray(Lifecycle.Stop[]::new));
    }

    @Override
    public boolean isRunning() {
        return lifecycle.isRunning();
    }

    /**
     * Returns what of this node does not work although its database may answer, the oldest first: mostly nothing. If that
     * lasts for longer than the node's time-out, the node no longer says that it lives, and others take over its jobs.
     */
    public List<Vitals.Problem> problems() {
        return parts.vitals().problems();
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** For senders: those may be earlier than the start, and than the declaration. */
    private boolean createDeclared(String queue) {
        WorkerOptions known = declared.get(queue);
        WorkerOptions settings = known == null && !isRunning() ? toBeDeclared.apply(queue) : known;
        if (!takesPart || settings == null) {
            return false;
        }
        create(queue, settings);
        return true;
    }

    private int create(QueueContainer container) {
        return create(container.queue(), container.options());
    }

    private int create(String queue, WorkerOptions settings) {
        return parts.createQueue(queue, settings, prepared);
    }

    /** Builds a node. Used by one thread. */
    public static final class Builder {

        private final DataSource dataSource;
        private EngineOptions options = EngineOptions.DEFAULT;
        private PayloadConverter converter = new JacksonPayloadConverter();
        private Supplier<@Nullable ListenConnectionFactory> listenConnections;
        private Function<String, @Nullable WorkerOptions> toBeDeclared = queue -> null;
        private boolean migrate = true;
        private boolean takesPart = true;

        private Builder(DataSource dataSource) {
            this.dataSource = dataSource;
            this.listenConnections = () -> DerivedConnections.orPollOnly(
                    dataSource, Instead.OF_NOTHING, "give the builder listenConnections, null to only poll");
        }

        /** Sets what concerns the node as a whole. Default: {@link EngineOptions#DEFAULT}. */
        public Builder options(EngineOptions newOptions) {
            this.options = newOptions;
            return this;
        }

        /** Sets what writes and reads payloads. Default: JSON. */
        public Builder converter(PayloadConverter newConverter) {
            this.converter = newConverter;
            return this;
        }

        /** Sets what opens the connection to listen on; {@code null} to only poll. Default: as the {@code DataSource} does. */
        public Builder listenConnections(@Nullable ListenConnectionFactory factory) {
            this.listenConnections = () -> factory;
            return this;
        }

        /**
         * Sets what finds the settings of a queue that will be declared; whoever sends to it before that finds it there. By
         * default there is none.
         */
        public Builder toBeDeclared(Function<String, @Nullable WorkerOptions> settings) {
            this.toBeDeclared = settings;
            return this;
        }

        /** Sets whether starting migrates the schema, rather than only checking it. Default: it does. */
        public Builder migrate(boolean newMigrate) {
            this.migrate = newMigrate;
            return this;
        }

        /**
         * Sets whether this is a node, which may have containers and looks after the queues. Otherwise it creates no queue,
         * is on no list, and sends and waits only, for which lesser rights are enough. Default: it is one.
         */
        public Builder takesPart(boolean newTakesPart) {
            this.takesPart = newTakesPart;
            return this;
        }

        /**
         * Lets a transaction manager of the {@code DataSource} tell when its transactions end. A job that is sent by a
         * callback which follows a commit is committed before sending it returns then; otherwise it is when all those
         * callbacks have returned. May be called for several. Default: none.
         */
        public Builder transactionManager(ConfigurableTransactionManager manager) {
            TransactionEnds.toldBy(manager);
            return this;
        }

        /** Builds the node, which opens nothing before it is started. */
        public PgJobQ build() {
            return new PgJobQ(this);
        }
    }
}
