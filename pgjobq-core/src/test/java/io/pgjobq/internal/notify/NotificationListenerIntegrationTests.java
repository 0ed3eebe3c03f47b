package io.pgjobq.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.store.NotificationStore;
import io.pgjobq.internal.support.Vitals;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A listener whose connections can be led to another database of the server, where it hears nothing. */
@PostgresTest
@AlsoThroughPgBouncer
@AlsoOnOtherJdks
class NotificationListenerIntegrationTests {

    private static final Channels CHANNELS = Channels.of("listener");
    private static final SelfTest.Timing SHORT = new SelfTest.Timing(Duration.ofMillis(500), Duration.ofMillis(10));

    private final TestDatabase database;
    private final DataSource pool;
    private final NotificationStore store;
    private final Announcer announcer;
    private final NotificationListener listener;
    private final LogLines log = LogLines.capture();

    private final List<Connection> opened = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Boolean> beats = new LinkedBlockingQueue<>();
    private final BlockingQueue<Signal> heard = new LinkedBlockingQueue<>();
    private final Vitals vitals = new Vitals(Duration.ofSeconds(30), System::nanoTime);
    private final AtomicInteger lost = new AtomicInteger();
    private volatile boolean elsewhere;

    NotificationListenerIntegrationTests(TestDatabase database) {
        this.database = database;
        pool = database.pool(1);
        store = new NotificationStore(new Database(pool, "pgjobq"));
        NotificationLag lag = new NotificationLag(() -> 1, nanos -> {}, System::nanoTime);
        announcer = new Announcer(store, CHANNELS, () -> 1, lag, vitals, System::nanoTime);
        SelfTest test = new SelfTest(store, announcer, CHANNELS, SHORT, System::nanoTime);
        listener = new NotificationListener(
                this::open,
                store,
                List.of(CHANNELS.jobs(), CHANNELS.done()),
                sink(),
                () -> 2,
                state(),
                test,
                lag,
                vitals,
                System::nanoTime);
        announcer.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        listener.stop();
        announcer.stop();
        log.close();
        await().until(() -> opened.stream().allMatch(NotificationListenerIntegrationTests::isClosed));
    }

    @Test
    void listensWhereItHears() throws Exception {
        listener.start();

        await().until(listener::isListening);
        announcer.announce(new Signal.Look(7));
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(new Signal.Look(7));
        assertThat(log.with("polls only")).isEmpty();
        assertThat(channels()).isEqualTo("listener_done listener_jobs");
    }

    @Test
    void triesAgainWhileItHearsNothingAndListensOnceItDoes() {
        elsewhere = true;
        listener.start();
        await().until(() -> opened.size() > 3);
        assertThat(listener.isListening()).isFalse();
        assertThat(log.with("polls only")).as("said once").hasSize(1);
        assertThat(lost).as("shows its life on the pool").hasPositiveValue();
        assertThat(beats)
                .as("nothing is done in a session that may be anybody's")
                .isEmpty();
        assertThat(opened.subList(0, 2)).allMatch(NotificationListenerIntegrationTests::isClosed);

        elsewhere = false;

        await().until(listener::isListening);
        assertThat(log.with("INFO node test: notifications arrive now")).hasSize(1);
        assertThat(beats).containsOnly(true);
    }

    @Test
    void testsEachNewConnection() throws Exception {
        listener.start();
        await().until(listener::isListening);

        elsewhere = true;
        opened.get(0).abort(Runnable::run);

        await().until(() -> !log.with("WARN node test: polls only").isEmpty());
        assertThat(listener.isListening()).isFalse();
    }

    @Test
    void aPoolWithoutAFreeConnectionIsNoProofAndTheNodeShowsItsLifeMeanwhile() throws Exception {
        listener.start();
        await().until(listener::isListening);
        try (Connection taken = pool.getConnection()) {
            beats.clear();
            opened.get(0).abort(Runnable::run);
            long start = System.nanoTime();
            while (System.nanoTime() - start < SHORT.patience().toNanos() * 2) {
                assertThat(beats.poll(10, TimeUnit.SECONDS))
                        .as("without a session of its own")
                        .isFalse();
            }
            assertThat(listener.isListening()).isFalse();
            assertThat(taken.isClosed()).isFalse();
        }
        await().until(listener::isListening);
        assertThat(log.with("polls only")).isEmpty();
    }

    private Connection open() throws SQLException {
        Connection connection = DriverManager.getConnection(
                elsewhere ? database.directUrl().replace(database.name(), "postgres") : database.directUrl(),
                database.username(),
                database.password());
        opened.add(connection);
        return connection;
    }

    private String channels() throws SQLException {
        try (var statement = opened.get(0).createStatement();
                var row = statement.executeQuery(
                        "select string_agg(c, ' ' order by c) from pg_listening_channels() as c")) {
            row.next();
            return row.getString(1);
        }
    }

    private NotificationListener.Heartbeats state() {
        return new NotificationListener.Heartbeats() {
            @Override
            public Duration every() {
                return Duration.ofMillis(50);
            }

            @Override
            public void beat(Connection connection, boolean own) {
                beats.add(own);
            }

            @Override
            public void lost() {
                lost.incrementAndGet();
            }

            @Override
            public String toString() {
                return "node test";
            }
        };
    }

    private SignalSink sink() {
        return new SignalSink() {
            @Override
            public void receive(Signal signal) {
                heard.add(signal);
            }

            @Override
            public void resynchronize() {}
        };
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }
}
