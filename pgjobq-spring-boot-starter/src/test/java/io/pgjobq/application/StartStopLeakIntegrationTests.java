package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.NotThroughPgBouncer;
import io.pgjobq.test.PgBouncerMode;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Applications that have ended leave nothing behind, neither in their process nor on the server. */
@PostgresTest
@AlsoOnOtherJdks
class StartStopLeakIntegrationTests {

    private static final String SCHEMA = "leaks";
    private static final int STARTS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration IMPATIENCE = Duration.ofMillis(200);

    private static TestDatabase database;

    @BeforeEach
    void createTheSchema() throws Exception {
        ShortLife.WORKS.live(properties());
        // Opens the connection that the test uses itself.
        database.execute("delete from " + SCHEMA + ".job");
    }

    @Test
    @NotThroughPgBouncer(
            value = {PgBouncerMode.LISTEN_DIRECT, PgBouncerMode.POLL_ONLY},
            because = "the pooler opens and keeps server connections as it likes")
    void applicationsThatStartAndStopLeaveNoThreadConnectionLockNodeOrClaim() throws Exception {
        try (Footprint footprint = Footprint.take(database, SCHEMA)) {
            for (int start = 0; start < STARTS; start++) {
                ShortLife.values()[start % ShortLife.values().length].live(properties());
                database.execute("delete from " + SCHEMA + ".job");
            }
            footprint.assertNothingStays(PATIENCE);
        }
    }

    @Test
    void aThreadThatStaysIsFound() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (Footprint footprint = Footprint.take(database, SCHEMA)) {
            Thread planted = new Thread(
                    () -> {
                        try {
                            over.await();
                        } catch (InterruptedException ex) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "planted");
            planted.start();
            assertFinds(footprint, "thread 'planted'\n    at ");
            over.countDown();
            footprint.assertNothingStays(PATIENCE);
        } finally {
            over.countDown();
        }
    }

    @Test
    void aConnectionAndALockThatStayAreFound() throws Exception {
        try (Footprint footprint = Footprint.take(database, SCHEMA)) {
            try (Connection planted = database.open();
                    Statement statement = planted.createStatement()) {
                statement.execute("select pg_advisory_lock(1, 2)");
                assertFinds(footprint, "idle: select pg_advisory_lock(1, 2)");
                assertFinds(footprint, "advisory lock of ");
            }
            footprint.assertNothingStays(PATIENCE);
        }
    }

    @Test
    void aNodeAndAClaimThatStayAreFound() throws Exception {
        try (Footprint footprint = Footprint.take(database, SCHEMA)) {
            database.execute("""
                    insert into leaks.node (id, token, name, heartbeat_every, silence_allowed) overriding system value
                    values (77, 1, 'planted', '1 s', '1 h');
                    insert into leaks.claim (id, node_id, queue_id, lane, max_seq, seqs)
                    values (777, 77, 1, 5, 1, '{1}')""");
            assertFinds(footprint, "node 77 'planted'");
            assertFinds(footprint, "claim 777 of node 77");
            database.execute("delete from leaks.claim; delete from leaks.node");
            footprint.assertNothingStays(PATIENCE);
        }
    }

    private static void assertFinds(Footprint footprint, String leak) {
        assertThatThrownBy(() -> footprint.assertNothingStays(IMPATIENCE))
                .isInstanceOf(ConditionTimeoutException.class)
                .hasMessageContaining(leak);
    }

    private static String[] properties() {
        return Applications.properties(database, SCHEMA);
    }
}
