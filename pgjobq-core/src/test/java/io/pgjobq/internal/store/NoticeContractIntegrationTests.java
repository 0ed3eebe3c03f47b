package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.notify.Channels;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** A notification that leaves with the commit of a job. */
@PostgresTest
class NoticeContractIntegrationTests {

    private static final String CHANNEL = Channels.of("pgjobq").jobs();

    private final TestStore store;

    NoticeContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
    }

    @Test
    void namesTheJobsQueueLaneAndPlaceAndArrivesWithTheCommit() throws Exception {
        try (Connection listening = store.server().open()) {
            listen(listening);
            long id = send("emails", new Notice(CHANNEL, "n3 r"));

            PGNotification[] heard = listening.unwrap(PGConnection.class).getNotifications(10_000);
            assertThat(heard).singleElement().satisfies(notification -> {
                assertThat(notification.getName()).isEqualTo(CHANNEL);
                assertThat(notification.getParameter()).isEqualTo("n3 r" + store.queue() + ":5:" + id);
            });
        }
    }

    @Test
    void isNotSentWithoutAJobOrWhereNoneIsAskedFor() throws Exception {
        try (Connection listening = store.server().open()) {
            listen(listening);
            assertThat(store.database()
                            .<InsertedJobs>alone(connection -> store.jobs()
                                    .send(
                                            connection,
                                            new NewJob("unknown", 5, null, null, null, false),
                                            "",
                                            new byte[0],
                                            new Notice(CHANNEL, "n3 r"))))
                    .isNull();
            send("emails", null);
            long last = send("emails", new Notice(CHANNEL, "n3 r"));

            PGNotification[] heard = listening.unwrap(PGConnection.class).getNotifications(10_000);
            assertThat(heard)
                    .extracting(PGNotification::getParameter)
                    .containsExactly("n3 r" + store.queue() + ":5:" + last);
        }
    }

    private static void listen(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen " + CHANNEL);
        }
    }

    private long send(String queue, @Nullable Notice notice) {
        InsertedJobs sent = store.database()
                .alone(connection -> store.jobs()
                        .send(
                                connection,
                                new NewJob(queue, 5, null, null, null, false),
                                "",
                                "{}".getBytes(StandardCharsets.UTF_8),
                                notice));
        return Objects.requireNonNull(sent).ids()[0];
    }
}
