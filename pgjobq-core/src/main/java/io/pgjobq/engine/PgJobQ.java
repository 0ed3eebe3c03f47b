package io.pgjobq.engine;

import io.pgjobq.DeadJobs;
import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.JobCompletions;
import io.pgjobq.JobQueues;
import io.pgjobq.JobSender;
import io.pgjobq.PayloadConverter;
import io.pgjobq.WorkerContainer;
import io.pgjobq.notify.ListenConnectionFactory;
import io.pgjobq.schema.SchemaMigration;
import io.pgjobq.support.Background;
import io.pgjobq.support.Outage;
import io.pgjobq.worker.Handler;
import io.pgjobq.worker.QueueContainer;
import io.pgjobq.worker.WorkerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

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

    private static final Logger LOG = LoggerFactory.getLogger(PgJobQ.class);

    private final EngineOptions options;
    private final boolean migrate;
    private final boolean takesPart;
    private final SchemaMigration schema;
    private final Parts parts;

    /** The queues that are to exist, with their settings. */
    private final Map<String, WorkerOptions> declared = new ConcurrentHashMap<>();

    /** Awaits a database that could not be reached at the start. */
    private final Background preparing = new Background("pgjobq-start");

    /** The schema and the queues are there, and the node is registered. */
    private volatile boolean prepared;

    private volatile boolean running;

    private PgJobQ(Builder builder) {
        this.options = builder.options;
        this.migrate = builder.migrate;
        this.takesPart = builder.takesPart;
        this.schema = new SchemaMigration(builder.dataSource, options.schema());
        this.parts = new Parts(
                builder.dataSource, options, builder.converter, builder.listenConnections, takesPart, this::create);
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
        if (prepared) {
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
        if (prepared && takesPart) {
            create(queue, workerOptions);
        }
    }

    /**
     * Migrates or checks the schema, creates the queues, and starts what keeps the containers going. If the database can't
     * be reached and is not required, it is awaited in the background.
     */
    @Override
    public void start() {
        if (running) {
            return;
        }
        running = true;
        parts.settler().start();
        try {
            prepare();
        } catch (RuntimeException ex) {
            if (options.databaseRequired() || !(ex instanceof DataAccessException)) {
                running = false;
                stopSettler();
                throw ex;
            }
            prepareInBackground(ex);
        }
    }

    private void prepare() {
        if (migrate) {
            schema.migrate();
        } else {
            schema.check();
        }
        parts.database().inspect();
        if (takesPart) {
            enter();
        }
        startBackground();
    }

    private void enter() {
        declared.forEach(this::create);
        parts.finished().maintain();
        parts.node().register();
        for (QueueContainer container : parts.switchboard().containers()) {
            container.setQueueId(create(container));
        }
    }

    /** A database that answers late may do so when the node has been stopped: then nothing starts any more. */
    private void startBackground() {
        preparing.change(() -> {
            if (running) {
                prepared = true;
                parts.startBackground();
            }
        });
        if (running) {
            parts.awaitListening();
        } else {
            parts.node().unregister();
        }
    }

    private void prepareInBackground(RuntimeException first) {
        Outage outage = new Outage(LOG, "starting");
        preparing.start(() -> {
            preparing.rest(outage.failed(first));
            while (!prepared && !preparing.isStopping()) {
                try {
                    prepare();
                    outage.recovered();
                } catch (RuntimeException ex) {
                    preparing.rest(outage.failed(ex));
                }
            }
        });
    }

    /** Stops what keeps the containers going, and leaves the list of nodes. The containers must be stopped before. */
    @Override
    public void stop() {
        if (!running) {
            return;
        }
        running = false;
        try {
            preparing.stop();
            stopSettler();
            if (prepared) {
                prepared = false;
                parts.stopBackground();
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void stopSettler() {
        try {
            parts.settler().stop(Duration.ofSeconds(5));
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the containers and the node, and ends all threads. */
    @Override
    public void close() {
        parts.switchboard().containers().forEach(WorkerContainer::stop);
        stop();
        parts.completions().close();
        parts.closeThreads();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    private int create(QueueContainer container) {
        return create(container.queue(), container.options());
    }

    private int create(String queue, WorkerOptions settings) {
        int id = parts.queueStore().create(queue);
        if (parts.queueStore().settings(id, settings.maxAttempts(), settings.history())) {
            LOG.info(
                    "queue '{}': max-attempts is {}, history is kept for {} (succeeded) and {} (dead)",
                    queue,
                    settings.maxAttempts(),
                    settings.history().succeeded(),
                    settings.history().dead());
            if (prepared) {
                // A longer retention needs partitions that are further away.
                parts.finished().maintain();
            }
        }
        return id;
    }

    /** Builds a node. Used by one thread. */
    public static final class Builder {

        private final DataSource dataSource;
        private EngineOptions options = EngineOptions.DEFAULT;
        private PayloadConverter converter = new JacksonPayloadConverter();
        private @Nullable ListenConnectionFactory listenConnections;
        private boolean migrate = true;
        private boolean takesPart = true;

        private Builder(DataSource dataSource) {
            this.dataSource = dataSource;
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

        /** Sets what opens the connection to listen on; {@code null}, the default, to poll only. */
        public Builder listenConnections(@Nullable ListenConnectionFactory factory) {
            this.listenConnections = factory;
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

        /** Builds the node, which opens nothing before it is started. */
        public PgJobQ build() {
            return new PgJobQ(this);
        }
    }
}
