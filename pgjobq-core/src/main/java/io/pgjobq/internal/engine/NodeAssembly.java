package io.pgjobq.internal.engine;

import io.pgjobq.ListenConnectionFactory;
import io.pgjobq.NodeOptions;
import io.pgjobq.PayloadConverter;
import io.pgjobq.internal.completion.CompletionTracker;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.maintenance.Maintenance;
import io.pgjobq.internal.node.Heartbeat;
import io.pgjobq.internal.node.RegisteredNode;
import io.pgjobq.internal.notify.Announcer;
import io.pgjobq.internal.notify.Channels;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.NotificationLag;
import io.pgjobq.internal.notify.NotificationListener;
import io.pgjobq.internal.notify.SelfTest;
import io.pgjobq.internal.progress.ProgressWriter;
import io.pgjobq.internal.schedule.DeclaredSchedules;
import io.pgjobq.internal.schedule.DefaultJobSchedules;
import io.pgjobq.internal.send.DeclaredQueues;
import io.pgjobq.internal.settle.BatchSettler;
import io.pgjobq.internal.settle.ClaimAudit;
import io.pgjobq.internal.settle.ClaimBook;
import io.pgjobq.internal.settle.KeyedQueues;
import io.pgjobq.internal.settle.LimitedQueues;
import io.pgjobq.internal.settle.SettlementRecorder;
import io.pgjobq.internal.store.CancellationStore;
import io.pgjobq.internal.store.FinishedJobStore;
import io.pgjobq.internal.store.JobStore;
import io.pgjobq.internal.store.KeyStore;
import io.pgjobq.internal.store.LaneStore;
import io.pgjobq.internal.store.LockStore;
import io.pgjobq.internal.store.NodeStore;
import io.pgjobq.internal.store.NotificationStore;
import io.pgjobq.internal.store.ProgressStore;
import io.pgjobq.internal.store.QueueStore;
import io.pgjobq.internal.store.ScheduleStore;
import io.pgjobq.internal.store.SettlementStore;
import io.pgjobq.internal.support.Lifecycle;
import io.pgjobq.internal.support.Listening;
import io.pgjobq.internal.support.ServerClock;
import io.pgjobq.internal.support.Timer;
import io.pgjobq.internal.support.TimerThread;
import io.pgjobq.internal.support.Vitals;
import io.pgjobq.internal.worker.QueueRegistrar;
import io.pgjobq.internal.worker.WorkerServices;
import io.pgjobq.internal.worker.WorkerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The parts of a node and how they hang together. */
final class NodeAssembly {

    /** How long the server may take for what the node's own threads ask it; most of it takes milliseconds. */
    private static final Duration ANSWER = Duration.ofSeconds(15);

    /** The same for what may have much to do, though each call does no more than some of it. */
    private static final Duration LONG_ANSWER = Duration.ofMinutes(1);

    /** How long a start may be held up by a listening connection; it mostly takes some milliseconds. */
    private static final Duration FIRST_CONNECTION = Duration.ofSeconds(2);

    private final boolean workerNode;
    private final Database database;
    private final FinishedJobStore finished;
    private final QueueStore queueStore;
    private final SignalRouter switchboard = new SignalRouter();
    private final Vitals vitals;
    private final RegisteredNode node;
    private final @Nullable Announcer announcer;
    private final @Nullable NotificationListener listener;
    private final CompletionTracker completions;
    private final BatchSettler settler;
    private final ProgressWriter progress;
    private final Heartbeat heartbeat;
    private final Maintenance maintenance;
    private final WorkerServices services;
    private final HandlerThreads threads;
    private final Timer timer = new TimerThread("pgjobq-time-limit-");
    private final DeclaredSchedules declaredSchedules;
    private final CallerServices callers;

    /**
     * @param registrar sees to it that the queue of a container exists
     * @param declared creates a queue if it is declared
     * @param events is told what happens
     * @param clock learns the server's time from heartbeats
     * @param nanoTime a clock that only goes on
     */
    NodeAssembly(
            DataSource dataSource,
            NodeOptions options,
            PayloadConverter converter,
            @Nullable ListenConnectionFactory listenConnections,
            boolean workerNode,
            QueueRegistrar registrar,
            DeclaredQueues declared,
            JobEvents events,
            ServerClock clock,
            LongSupplier nanoTime) {
        this.workerNode = workerNode;
        database = new Database(dataSource, options.schema());
        Database answering = database.within(ANSWER);
        finished = new FinishedJobStore(database.within(LONG_ANSWER));
        queueStore = new QueueStore(database.within(LONG_ANSWER));
        NodeStore nodes = new NodeStore(answering);
        LaneStore lanes = new LaneStore(answering);
        SettlementStore settlements = new SettlementStore(answering);
        NotificationStore notifications = new NotificationStore(answering);
        FinishedJobStore outcomes = new FinishedJobStore(answering);
        Channels channels = Channels.of(options.schema());
        vitals = new Vitals(options.timeout(), nanoTime);
        node = new RegisteredNode(nodes, options.name(), options.timeout(), new Heartbeats(clock), vitals, nanoTime);
        if (listenConnections == null) {
            announcer = null;
            listener = null;
        } else {
            NotificationLag lag = new NotificationLag(node::id, events::notified, nanoTime);
            announcer = new Announcer(notifications, channels, node::id, lag, vitals, nanoTime);
            SelfTest test = new SelfTest(notifications, announcer, channels, SelfTest.Timing.DEFAULT, nanoTime);
            // Who only sends need not be woken by every job.
            listener = new NotificationListener(
                    listenConnections,
                    notifications,
                    workerNode ? List.of(channels.jobs(), channels.done()) : List.of(channels.done()),
                    switchboard,
                    node::id,
                    workerNode ? node : new ConnectionCheck(options.name(), node.every()),
                    test,
                    lag,
                    vitals,
                    nanoTime);
        }
        Listening listening = listener == null ? Listening.NEVER : listener;
        Doorbell doorbell = new Doorbell(switchboard, announcer);
        ProgressStore progressed = new ProgressStore(answering);
        completions = new CompletionTracker(
                outcomes,
                progressed,
                converter,
                options.completionTimeout(),
                options.pollInterval(),
                listening,
                vitals,
                nanoTime);
        ClaimBook book = new ClaimBook();
        SettlementRecorder recorder = new SettlementRecorder(settlements, outcomes, book, doorbell, completions::ended);
        KeyStore keys = new KeyStore(answering);
        settler = new BatchSettler(
                recorder, new LimitedQueues(doorbell), new KeyedQueues(keys::giveUp, doorbell), vitals, nanoTime);
        settler.onBatch(events::settled);
        heartbeat = new Heartbeat(node, database, listening, vitals);
        ScheduleStore scheduled = new ScheduleStore(answering);
        declaredSchedules = new DeclaredSchedules(scheduled, new DefaultJobSchedules(scheduled, queueStore, doorbell));
        maintenance = new Maintenance(
                node,
                new Maintenance.Stores(
                        nodes,
                        lanes,
                        finished,
                        queueStore,
                        new CancellationStore(answering),
                        scheduled,
                        new JobStore(answering),
                        keys,
                        progressed),
                declaredSchedules,
                doorbell,
                new ContainerUpkeep(
                        switchboard,
                        lanes,
                        book,
                        new ClaimAudit(nodes, settlements, book),
                        new LockWatch(new LockStore(answering)::held, nanoTime),
                        events),
                options.pollInterval(),
                listening,
                vitals,
                nanoTime);
        switchboard.connect(maintenance, completions);
        threads = new HandlerThreads(options.virtualThreads());
        progress = new ProgressWriter(
                progressed::record, completions::progressed, doorbell, timer, threads, vitals, nanoTime);
        services = new WorkerServices(
                node,
                WorkerStore.of(new JobStore(answering), settlements),
                settler,
                book,
                converter,
                threads,
                registrar,
                new MaintenanceUpkeep(maintenance),
                vitals,
                events,
                recorder::completed,
                progress,
                timer,
                nanoTime);
        callers = CallerServices.of(database, converter, doorbell, switchboard, completions, declared, events);
    }

    /** Takes what heartbeats show to those who act on it. */
    private final class Heartbeats implements RegisteredNode.Observer {

        private final ServerClock clock;

        Heartbeats(ServerClock clock) {
            this.clock = clock;
        }

        @Override
        public int[] queues() {
            return maintenance.queues();
        }

        @Override
        public void missing(List<Integer> queues) {
            maintenance.missing(queues);
        }

        @Override
        public void scheduled(@Nullable Long inMillis) {
            maintenance.scheduled(inMillis);
        }

        @Override
        public void cancellations() {
            maintenance.cancel();
        }

        @Override
        public void othersSilent() {
            maintenance.othersSilent();
        }

        @Override
        public void connectionLost() {
            heartbeat.beatSoon();
            maintenance.reclaimOrphans();
        }

        @Override
        public void inDoubt() {
            maintenance.inDoubt();
        }

        @Override
        public void time(Instant shown, Duration took) {
            clock.learn(shown, took);
        }

        @Override
        public void drawn(long position) {
            maintenance.drawn(position);
        }
    }

    /** Starts what runs beside the containers, once the node is registered, if it is one. */
    void startBackground() {
        if (announcer != null) {
            announcer.start();
        }
        if (workerNode) {
            heartbeat.start();
            maintenance.start();
            progress.start();
        }
        if (listener != null) {
            listener.start();
        }
    }

    /** Gives the node the time to make its death noticeable before it takes jobs. */
    void awaitListening() {
        if (listener == null || !workerNode) {
            return;
        }
        try {
            listener.awaitFirst(FIRST_CONNECTION);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops what runs beside the containers, and leaves the list of nodes. */
    void stopBackground() {
        List<Lifecycle.Stop> stops = new ArrayList<>();
        if (listener != null) {
            stops.add(listener::stop);
        }
        stops.add(progress::stop);
        stops.add(maintenance::stop);
        if (announcer != null) {
            stops.add(announcer::stop);
        }
        stops.add(heartbeat::stop);
        stops.add(node::unregister);
        Lifecycle.runAll(stops.toArray(Lifecycle.Stop[]::new));
    }

    void closeThreads() {
        threads.close();
        timer.close();
    }

    Database database() {
        return database;
    }

    FinishedJobStore finished() {
        return finished;
    }

    /** Returns what creates the queues of containers. */
    QueueCreation queueCreation() {
        return new QueueCreation(queueStore, finished);
    }

    SignalRouter switchboard() {
        return switchboard;
    }

    boolean isListening() {
        return listener != null && listener.isListening();
    }

    Vitals vitals() {
        return vitals;
    }

    RegisteredNode node() {
        return node;
    }

    CompletionTracker completions() {
        return completions;
    }

    BatchSettler settler() {
        return settler;
    }

    WorkerServices services() {
        return services;
    }

    CallerServices callers() {
        return callers;
    }

    DeclaredSchedules declaredSchedules() {
        return declaredSchedules;
    }
}
