package io.pgjobq.internal.engine;

import io.pgjobq.ContainerOptions;
import io.pgjobq.DeadJobs;
import io.pgjobq.Handler;
import io.pgjobq.JobCompletions;
import io.pgjobq.JobInterceptor;
import io.pgjobq.JobQueues;
import io.pgjobq.JobSchedules;
import io.pgjobq.JobSender;
import io.pgjobq.Jobs;
import io.pgjobq.NodeOptions;
import io.pgjobq.NodeProblem;
import io.pgjobq.NodeStatus;
import io.pgjobq.PayloadUpgrade;
import io.pgjobq.PgJobQ;
import io.pgjobq.QueueDeclarations;
import io.pgjobq.QueueOptions;
import io.pgjobq.Schedule;
import io.pgjobq.WorkerContainer;
import io.pgjobq.internal.admin.QueueNames;
import io.pgjobq.internal.event.JointEvents;
import io.pgjobq.internal.event.ListenerEvents;
import io.pgjobq.internal.event.MonitorEvents;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Guarded;
import io.pgjobq.internal.support.Lifecycle;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Outage;
import io.pgjobq.internal.support.ServerClock;
import io.pgjobq.internal.support.Vitals;
import io.pgjobq.internal.worker.QueueContainer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.springframework.dao.DataAccessException;

/** Starts and stops the parts of a node in their order. Thread-safe. */
final class Engine implements PgJobQ {

    private static final Logger LOG = Log.of(Engine.class);

    /** How many may wait for listeners that are slow. */
    private static final int WAITING_EVENTS = 10_000;

    /** What all parts tell the time by that passes. */
    private static final LongSupplier CLOCK = System::nanoTime;

    private final NodeOptions options;
    private final boolean migrate;
    private final boolean workerNode;
    private final SchemaMigration schema;
    private final Iterable<? extends JobInterceptor> interceptors;
    private final Iterable<? extends PayloadUpgrade> upgrades;
    private final ListenerEvents events;
    private final ServerClock clock = new ServerClock(CLOCK);
    private final MonitorEvents monitors;
    private final NodeAssembly parts;

    /** The queues that are to exist, with their options. */
    private final Map<String, QueueOptions> declared = new ConcurrentHashMap<>();

    /** Awaits a database that could not be reached at the start. */
    private final Background preparing;

    private final Lifecycle lifecycle = new Lifecycle();

    /** Queues can be created: each by who declares it from now on, those that are declared already by the start. */
    private volatile boolean creates;

    private final Guarded<Prepared> prepared;

    private final QueueDeclarations declarations;

    /** Whether what keeps the containers going has been started. */
    private static final class Prepared {

        private boolean is;

        boolean end() {
            boolean was = is;
            is = false;
            return was;
        }
    }

    Engine(EngineBuilder builder) {
        this.declarations = builder.declarations;
        this.options = builder.options;
        this.migrate = builder.migrate;
        this.workerNode = builder.workerNode;
        this.schema = new SchemaMigration(builder.dataSource(), options.schema());
        this.interceptors = builder.interceptors;
        this.upgrades = builder.upgrades;
        this.events = new ListenerEvents(builder.listeners, WAITING_EVENTS, CLOCK);
        this.monitors = new MonitorEvents(builder.monitors, clock);
        this.parts = new NodeAssembly(
                builder.dataSource(),
                options,
                builder.converter,
                builder.listenConnections(),
                workerNode,
                this::create,
                this::createDeclared,
                new JointEvents(events, monitors),
                clock,
                CLOCK);
        this.preparing = new Background("pgjobq-start", parts.vitals());
        this.prepared = preparing.guard(new Prepared());
    }

    @Override
    public JobSender sender() {
        return parts.callers().sender();
    }

    @Override
    public JobCompletions completions() {
        return parts.completions();
    }

    @Override
    public Jobs jobs() {
        return parts.callers().jobs();
    }

    @Override
    public JobSchedules schedules() {
        return parts.callers().schedules();
    }

    @Override
    public void declareSchedule(Schedule schedule) {
        if (!workerNode) {
            throw new IllegalArgumentException(schedule + " can't be declared where workerNode is false");
        }
        if (!declared.containsKey(schedule.queue())) {
            throw new IllegalArgumentException(
                    schedule + " needs its queue to be declared before: give it a container, or call declareQueue");
        }
        parts.declaredSchedules().add(schedule);
    }

    @Override
    public JobQueues queues() {
        return parts.callers().queues();
    }

    @Override
    public DeadJobs deadJobs() {
        return parts.callers().deadJobs();
    }

    @Override
    public List<WorkerContainer> containers() {
        return List.copyOf(parts.switchboard().containers());
    }

    @Override
    public WorkerContainer container(
            String queue, List<Handler> handlers, QueueOptions queueOptions, ContainerOptions containerOptions) {
        if (!workerNode) {
            throw new IllegalArgumentException(
                    "queue '" + queue + "': can't have a container where workerNode is false");
        }
        for (WorkerContainer other : parts.switchboard().containers()) {
            if (other.queue().equals(queue)) {
                throw new IllegalArgumentException(
                        "queue '" + queue + "': has a container already; give that one all handlers of the queue");
            }
        }
        QueueContainer container = new QueueContainer(
                QueueNames.valid(queue),
                handlers,
                all(interceptors),
                all(upgrades),
                queueOptions,
                containerOptions,
                parts.services(),
                // Not a daemon: an application that only works would end otherwise.
                work -> new Thread(work, "pgjobq-" + queue));
        declareQueue(queue, queueOptions);
        parts.switchboard().add(container);
        if (creates) {
            container.setQueueId(create(container));
        }
        return container;
    }

    @Override
    public void declareQueue(String queue, QueueOptions queueOptions) {
        declared.put(QueueNames.valid(queue), queueOptions);
        if (creates && workerNode) {
            create(queue, queueOptions);
        }
    }

    @Override
    public void start() {
        lifecycle.start(this::start);
    }

    private void start(long generation) {
        parts.settler().start();
        try {
            monitors.start();
            events.start();
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
        long asked = CLOCK.getAsLong();
        clock.learn(parts.database().inspect(), Duration.ofNanos(CLOCK.getAsLong() - asked));
        if (workerNode) {
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
        prepared.change(state -> {
            if (lifecycle.isCurrent(generation)) {
                state.is = true;
                parts.startBackground();
            }
        });
        if (isPrepared()) {
            parts.awaitListening();
        } else {
            parts.node().unregister();
        }
    }

    private boolean isPrepared() {
        return prepared.read(state -> state.is);
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

    @Override
    public void stop() {
        lifecycle.stop(this::end);
    }

    private void end() {
        Lifecycle.runAll(
                preparing::stop,
                () -> parts.settler().stop(Duration.ofSeconds(5)),
                events::stop,
                this::leave,
                monitors::stop);
    }

    private void leave() {
        creates = false;
        if (prepared.read(Prepared::end)) {
            parts.stopBackground();
        } else {
            parts.node().unregister();
        }
    }

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

    @Override
    public List<NodeProblem> problems() {
        return problems(parts.vitals().problems());
    }

    private static List<NodeProblem> problems(List<Vitals.Problem> found) {
        return found.stream()
                .map(problem -> new NodeProblem(problem.activity(), problem.since(), problem.cause()))
                .toList();
    }

    @Override
    public NodeStatus status() {
        int number = parts.node().id();
        return new NodeStatus(
                options.name(),
                number,
                isPrepared(),
                workerNode,
                parts.isListening(),
                number == 0
                        ? Duration.ZERO
                        : Duration.ofNanos(parts.node().signs().silentNanos()),
                options.timeout(),
                problems(),
                problems(parts.vitals().outages()),
                parts.vitals().outageCount());
    }

    /** For senders: those may be earlier than the start, and than the declaration. */
    private boolean createDeclared(String queue) {
        QueueOptions known = declared.get(queue);
        QueueOptions queueOptions = known == null && !isRunning() ? declarations.optionsOf(queue) : known;
        if (!workerNode || queueOptions == null) {
            return false;
        }
        create(queue, queueOptions);
        return true;
    }

    private static <T> List<T> all(Iterable<? extends T> some) {
        List<T> all = new ArrayList<>();
        some.forEach(all::add);
        return all;
    }

    private int create(QueueContainer container) {
        return create(container.queue(), container.queueOptions());
    }

    private int create(String queue, QueueOptions queueOptions) {
        return parts.queueCreation().create(queue, queueOptions, isPrepared());
    }
}
