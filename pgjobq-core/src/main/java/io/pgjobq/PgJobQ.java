package io.pgjobq;

import java.util.List;
import java.util.ServiceLoader;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.transaction.ConfigurableTransactionManager;

/**
 * One node: the sender, the containers, and what keeps them going. Build it, {@link #start()} it, {@link #close()} it; the
 * Spring Boot starter does that by itself. Thread-safe.
 *
 * <pre>{@code
 * PgJobQ pgJobQ = PgJobQ.builder(dataSource).build();
 * WorkerContainer emails = pgJobQ.container("emails", List.of(handler));
 * pgJobQ.start();
 * emails.start();
 * pgJobQ.sender().send("emails", new WelcomeEmail("ada@example.org"));
 * }</pre>
 *
 * <p>The sender works before the start and after the stop; its jobs are then found by a node that runs.
 */
public interface PgJobQ extends SmartLifecycle, AutoCloseable {

    /** Below the phases of web servers, so that sending and waiting work as long as requests are served. */
    int PHASE = DEFAULT_PHASE - 4096;

    /** Starts building a node on the given {@code DataSource}. */
    static Builder builder(DataSource dataSource) {
        // The engine knows this package, so this package must not know it.
        return ServiceLoader.load(Builder.class, PgJobQ.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("META-INF/services/" + Builder.class.getName()
                        + " of pgjobq-core is missing; let what puts jars together keep it"))
                .dataSource(dataSource);
    }

    /** Returns the sender. */
    JobSender sender();

    /** Returns what waits for jobs. */
    JobCompletions completions();

    /** Returns what looks at jobs and cancels them. */
    Jobs jobs();

    /** Returns what manages schedules. */
    JobSchedules schedules();

    /** Returns what manages queues. */
    JobQueues queues();

    /** Returns what looks at dead jobs. */
    DeadJobs deadJobs();

    /** Returns the containers, in the order in which they were created. */
    List<WorkerContainer> containers();

    /**
     * Creates the container of a queue, which the caller starts and stops. The queue is created when the node starts, or at
     * once if it runs.
     *
     * @throws IllegalArgumentException if the name is not valid, two handlers want the same jobs, nothing brings payloads to the
     *     version that one wants, there is a container for the queue already, or this is no worker node
     */
    WorkerContainer container(
            String queue, List<Handler> handlers, QueueOptions queueOptions, ContainerOptions containerOptions);

    /** Like the other one, with {@link QueueOptions#DEFAULT} and {@link ContainerOptions#DEFAULT}. */
    default WorkerContainer container(String queue, List<Handler> handlers) {
        return container(queue, handlers, QueueOptions.DEFAULT, ContainerOptions.DEFAULT);
    }

    /**
     * Lets a queue exist, with its options, that this node only sends to. It is created when the node starts, or at once if
     * it runs; by others if this is no worker node.
     *
     * @throws IllegalArgumentException if the name is not valid
     */
    void declareQueue(String queue, QueueOptions options);

    /**
     * Lets a schedule exist as long as this node, or another that declares it, runs jobs. It is created or changed when the node
     * starts, or soon if it runs.
     *
     * @throws IllegalArgumentException if its queue is not declared, there is one of that name already, or this is no worker node
     */
    void declareSchedule(Schedule schedule);

    /**
     * Migrates or checks the schema, creates the queues, and starts what keeps the containers going. If the database can't
     * be reached and is not required, it is awaited in the background.
     */
    @Override
    void start();

    /** Stops what keeps the containers going, and leaves the list of nodes. The containers must be stopped before. */
    @Override
    void stop();

    /** Stops the containers and the node, and ends all threads. */
    @Override
    void close();

    /**
     * Returns what of this node does not work although its database may answer, the oldest first: mostly nothing. If that
     * lasts for longer than the node's time-out, the node no longer says that it lives, and others take over its jobs.
     */
    List<NodeProblem> problems();

    /** Returns what this node knows of itself. Asks no database. */
    NodeStatus status();

    @Override
    default int getPhase() {
        return PHASE;
    }

    /** Builds a node. Used by one thread. */
    interface Builder {

        /** Sets the {@code DataSource}; {@link PgJobQ#builder} has done so. */
        Builder dataSource(DataSource dataSource);

        /** Sets what concerns the node as a whole. Default: {@link NodeOptions#DEFAULT}. */
        Builder options(NodeOptions options);

        /** Sets what writes and reads payloads. Default: JSON. */
        Builder converter(PayloadConverter converter);

        /** Sets what opens the connection to listen on; {@code null} to only poll. Default: as the {@code DataSource} does. */
        Builder listenConnections(@Nullable ListenConnectionFactory factory);

        /**
         * Sets what knows the queues that will be declared; whoever sends to one before that finds it there. By default
         * there is none.
         */
        Builder queueDeclarations(QueueDeclarations declarations);

        /**
         * Sets what is called around each call of a handler, the first one outermost. Asked for whenever a container is
         * created. Default: none.
         */
        Builder interceptors(Iterable<? extends JobInterceptor> interceptors);

        /** Sets who is told of attempts. Asked for when the node starts. Default: nobody. */
        Builder listeners(Iterable<? extends JobListener> listeners);

        /** Sets who is told what the node does, by the threads that do it. Asked for when the node starts. Default: nobody. */
        Builder monitors(Iterable<? extends NodeMonitor> monitors);

        /**
         * Sets what brings payloads of earlier versions to the one that a handler knows. Asked for whenever a container is created.
         * Default: none.
         */
        Builder upgrades(Iterable<? extends PayloadUpgrade> upgrades);

        /** Sets whether starting migrates the schema, rather than only checking it. Default: it does. */
        Builder migrate(boolean migrate);

        /**
         * Sets whether this node may have containers and looks after the queues. Otherwise it creates no queue, is on no
         * list, and sends and waits only, for which lesser rights are enough. Default: it may.
         */
        Builder workerNode(boolean workerNode);

        /**
         * Lets a transaction manager of Spring's for JDBC, JPA or Hibernate tell when its transactions end. A job that is sent
         * by a callback which follows a commit is committed before sending it returns then; otherwise it is when all those
         * callbacks have returned, and is lost if a transactional method sends it in {@code afterCompletion}. May be called
         * for several, also of other {@code DataSource}s. Default: none.
         */
        Builder transactionManager(ConfigurableTransactionManager manager);

        /** Builds the node, which opens nothing before it is started. */
        PgJobQ build();
    }
}
