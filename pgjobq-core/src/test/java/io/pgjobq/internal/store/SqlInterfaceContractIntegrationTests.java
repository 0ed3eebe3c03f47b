package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What other programs use: the functions that send, and the views. */
@PostgresTest
class SqlInterfaceContractIntegrationTests {

    private final TestStore store;

    SqlInterfaceContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
    }

    @Test
    void aJobSentFromSqlIsReady() {
        long id = send("send", "'emails', '{\"to\": \"ada\"}'");

        ClaimedJob job = store.claimOne(store.node());
        assertThat(job.id()).isEqualTo(id);
        assertThat(job.type()).isEmpty();
        assertThat(job.priority()).isEqualTo(5);
        assertThat(job.attributes()).isNull();
        assertThat(job.payload()).isEqualTo(TestStore.bytes("{\"to\": \"ada\"}"));
    }

    @Test
    void everythingCanBeGivenByName() {
        send(
                "send_quietly",
                "queue => 'emails', payload => '1', type => 'Welcome', priority => 2, attributes => '{\"a\": \"b\"}'");

        ClaimedJob job = store.claimOne(store.node());
        assertThat(job.type()).isEqualTo("Welcome");
        assertThat(job.priority()).isEqualTo(2);
        assertThat(job.attributes()).isEqualTo("{\"a\": \"b\"}");
    }

    @Test
    void aDelayedJobWaits() {
        send("send", "'emails', '1', delay => '1 hour'");

        assertThat(store.claim(store.node(), 9)).isEmpty();
        assertThat(store.lanes().promote(9, null).nextInMillis()).isBetween(3_590_000L, 3_600_000L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'nobody', '1' | queue 'nobody' does not exist",
                "null, '1' | does not exist",
                "'emails', null | queue 'emails': payload must not be null",
                "'emails', '1', attributes => '[]' | attributes must be an object of strings",
                "'emails', '1', attributes => '{\"a\": 1}' | attributes must be an object of strings",
                "'emails', '1', priority => 10 | priority must be from 0 (first) to 9 (last), but is 10",
                "'emails', '1', priority => -1 | priority must be from 0 (first) to 9 (last), but is -1",
                "'emails', '1', delay => '101 years' | delay must not exceed 100 years",
            })
    void whatMakesNoSenseIsRefusedWithAReason(String arguments, String reason) {
        assertThatThrownBy(() -> send("send", arguments)).hasMessageContaining(reason);
        assertThatThrownBy(() -> send("send_quietly", arguments)).hasMessageContaining(reason);
        assertThat(store.count("job")).isZero();
    }

    @Test
    void nothingIsSentToADeletedQueue() {
        store.queues().delete(TestStore.QUEUE, true);

        assertThatThrownBy(() -> send("send", "'emails', '1'")).hasMessageContaining("does not exist");
    }

    @Test
    void sendingWakesThoseWhoListenWhenItCommitsAndSendingQuietlyDoesNot() throws Exception {
        try (Connection listener = store.server().open();
                Connection sender = store.server().open();
                Statement listen = listener.createStatement();
                Statement send = sender.createStatement()) {
            listen.execute("listen pgjobq_jobs");
            sender.setAutoCommit(false);
            send.execute("select pgjobq.send_quietly('emails', '0')");
            sender.commit();
            send.execute("select pgjobq.send('emails', '1', priority => 3)");
            send.execute("select pgjobq.send('emails', '1', delay => '2 s')");
            long first = store.lanes().position() - 1;
            sender.commit();

            PGNotification[] heard = listener.unwrap(PGConnection.class).getNotifications(10_000);

            assertThat(heard)
                    .extracting(PGNotification::getParameter)
                    .containsExactly("r" + store.queue() + ":3:" + first, "w2000");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\xff", "\\x6e6f74206a736f6e", "\\x", "\\x225c753030303022"})
    void viewsShowAPayloadThatIsNoJsonAsNull(String payload) {
        store.server()
                .execute("insert into pgjobq.job (id, seq, queue_id, payload) values (1, 1, " + store.queue() + ", '"
                        + payload + "'), (2, 2, " + store.queue() + ", '[1]')");

        assertThat(store.count("job_view where payload is null and id = 1")).isEqualTo(1);
        assertThat(store.count("job_view where payload = '[1]' and queue = 'emails' and state = 'ready'"))
                .isEqualTo(1);
    }

    @Test
    void viewsShowFinishedJobsAndOutliveTheirQueue() {
        int node = store.node();
        store.sendAll(5, 2);
        store.fail(store.claimOne(node), null);
        store.succeed(store.claim(node, 1));
        store.server().execute("delete from pgjobq.queue");

        assertThat(store.count("finished_job_view where state = 'dead' and payload = '{}' and queue is null"))
                .isEqualTo(1);
        assertThat(store.count("finished_job_view where state = 'succeeded' and result is null"))
                .isEqualTo(1);
    }

    @Test
    void aJobIsReadyOrWaitsWhateverIsWritten() {
        assertThatThrownBy(() ->
                        store.server().execute("insert into pgjobq.job (id, queue_id, payload) values (1, 1, '')"))
                .hasMessageContaining("\"seq\"");
        long ready = send("send", "'emails', '1'");
        long waiting = send("send", "'emails', '1', delay => '1 hour'");

        assertThat(store.value("select state from pgjobq.job_view where id = " + ready, String.class))
                .isEqualTo("ready");
        assertThat(store.value("select state from pgjobq.job_view where id = " + waiting, String.class))
                .isEqualTo("scheduled");
    }

    private long send(String function, String arguments) {
        return store.value("select pgjobq." + function + "(" + arguments + ")", Long.class);
    }
}
