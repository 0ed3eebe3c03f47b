package io.pgjobq.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.store.Registration;
import io.pgjobq.internal.support.Vitals;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** The thread beside the listening connection, on connections that answer nothing: what is asked of them is the registry's. */
@Timeout(30)
class HeartbeatTests {

    /** Heartbeats are 5 ms apart. */
    private static final Duration TIMEOUT = Duration.ofMillis(70);

    private final AtomicInteger open = new AtomicInteger();
    private final CountDownLatch doubt = new CountDownLatch(1);
    private final Vitals vitals = new Vitals(Duration.ofSeconds(30), System::nanoTime);
    private final Registry registry = new Registry();
    private final RegisteredNode node =
            new RegisteredNode(registry, "a", TIMEOUT, new Told(), vitals, new Random(1), System::nanoTime);
    private volatile boolean listening;
    private final Heartbeat heartbeat = new Heartbeat(node, new Database(pool(), "pgjobq"), () -> listening, vitals);

    @AfterEach
    void stop() throws InterruptedException {
        heartbeat.stop();
    }

    @Test
    void beatsAgainAndAgainWhileNobodyListensOnAConnectionThatItGivesBack() throws Exception {
        node.register();
        heartbeat.start();
        awaitBeats(5);
        assertThat(open).as("it keeps one").hasValue(1);

        heartbeat.stop();
        assertThat(open).hasValue(0);
    }

    @Test
    void holdsNoConnectionWhileTheListeningOneBeats() throws Exception {
        node.register();
        heartbeat.start();
        awaitBeats(1);

        listening = true;
        while (open.get() > 0) {
            node.signs().answered(System.nanoTime());
            heartbeat.beatSoon();
        }
    }

    @Test
    void beatsForAListeningConnectionThatHasFallenSilent() throws Exception {
        listening = true;
        node.register();
        heartbeat.start();
        awaitBeats(3);
    }

    @Test
    void asksWhatBecameOfItsJobsWhenHeartbeatsAreAnsweredAgain() throws Exception {
        registry.failures = 3;
        node.register();
        heartbeat.start();

        assertThat(doubt.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(vitals.problems()).isEmpty();
    }

    private void awaitBeats(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            assertThat(registry.beats.poll(20, TimeUnit.SECONDS)).isNotNull();
        }
    }

    /** Counts what is open of it. */
    private DataSource pool() {
        return new AbstractDataSource() {

            @Override
            public Connection getConnection() {
                open.incrementAndGet();
                return connection();
            }

            @Override
            public Connection getConnection(String user, String password) {
                return getConnection();
            }
        };
    }

    private Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                HeartbeatTests.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "close" -> {
                        open.decrementAndGet();
                        yield null;
                    }
                    case "getAutoCommit" -> true;
                    case "isReadOnly", "isClosed" -> false;
                    case "getNetworkTimeout" -> 0;
                    default -> null;
                });
    }

    private final class Told extends Unobserved {

        @Override
        public void inDoubt() {
            doubt.countDown();
        }
    }

    /** Answers no heartbeat as often as it is told, and counts the others. */
    private static final class Registry extends QuietRegistry {

        private final LinkedBlockingQueue<Long> beats = new LinkedBlockingQueue<>();

        /** How many heartbeats are not answered. */
        private volatile int failures;

        @Override
        public boolean lock(Connection connection, int node) {
            throw new AssertionError("this connection shows no session");
        }

        @Override
        public HeartbeatResult heartbeat(
                Connection connection, Registration registration, boolean locked, int[] queues) {
            assertThat(locked).isFalse();
            if (failures > 0) {
                failures--;
                throw new IllegalStateException("away");
            }
            beats.add(registration.token());
            return super.heartbeat(connection, registration, locked, queues);
        }
    }
}
