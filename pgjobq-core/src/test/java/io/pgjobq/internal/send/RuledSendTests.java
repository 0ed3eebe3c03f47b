package io.pgjobq.internal.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgjobq.DuplicateJobException;
import io.pgjobq.SentJob.Fate;
import io.pgjobq.Unique;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.send.DefaultJobSender.Chunk;
import io.pgjobq.internal.store.InsertedJobs;
import io.pgjobq.internal.store.NewJob;
import io.pgjobq.internal.store.NewJobs;
import io.pgjobq.internal.store.Notice;
import io.pgjobq.internal.store.Rules;
import io.pgjobq.internal.store.SentClaimed;
import io.pgjobq.internal.store.SlotClaim;
import io.pgjobq.internal.store.UniqueJob;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RuledSendTests {

    private static final NewJob JOB = new NewJob("mail", 5, null, null, null, false);

    private final List<String> calls = new ArrayList<>();
    private final Table table = new Table();
    private final Connection connection = (Connection) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                calls.add(method.getName());
                return method.getReturnType() == Savepoint.class ? savepoint() : null;
            });

    @Test
    void eachChunkIsStoredWithTheKeysOfItsPayloads() throws Exception {
        RuledSend send = send(payload -> Unique.key("k" + payload));
        List<UniqueJob> stored = send.alone(connection, List.of(chunk(2), chunk(1)));

        assertThat(calls).containsExactly("[k1, k2]", "[k3]");
        assertThat(stored).extracting(UniqueJob::id).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aDuplicateIsRefusedOnlyWhereThatIsWanted() throws Exception {
        table.kept = 2;
        assertThat(send(payload -> Unique.key("k" + payload)).within(connection, List.of(chunk(3))))
                .extracting(UniqueJob::fate)
                .containsExactly(Fate.NEW, Fate.KEPT, Fate.NEW);
        assertThat(calls).as("no savepoint").containsExactly("[k1, k2, k3]");
        table.next = 1;
        assertThatExceptionOfType(DuplicateJobException.class)
                .isThrownBy(() -> refusing().alone(connection, List.of(chunk(3))))
                .withMessageContaining("k2");
    }

    @Test
    void aRefusalTakesBackWhatWasStoredAndLeavesTheCallersTransactionAlive() {
        table.kept = 3;
        assertThatExceptionOfType(DuplicateJobException.class)
                .isThrownBy(() -> refusing().within(connection, List.of(chunk(2), chunk(1))));

        assertThat(calls).containsExactly("setSavepoint", "[k1, k2]", "[k3]", "rollback");
    }

    @Test
    void whereNothingIsRefusedTheSavepointIsReleased() throws Exception {
        refusing().within(connection, List.of(chunk(3)));

        assertThat(calls).containsExactly("setSavepoint", "[k1, k2, k3]", "releaseSavepoint");
    }

    @Test
    void aQueueThatIsNotThereIsUnknown() {
        table.gone = true;
        assertThatExceptionOfType(UnknownQueueException.class)
                .isThrownBy(() -> send(payload -> Unique.key("k")).alone(connection, List.of(chunk(1))));
    }

    @Test
    void othersAreToldOfTheFirstThatIsReadyAndTheFirstThatIsDue() {
        List<UniqueJob> stored = List.of(
                new UniqueJob(9, Fate.NEW, 300L, 7),
                new UniqueJob(3, Fate.KEPT, null, 7),
                new UniqueJob(8, Fate.NEW, null, 7),
                new UniqueJob(5, Fate.NEW, null, 7),
                new UniqueJob(6, Fate.NEW, -20L, 7));

        assertThat(RuledSend.signals(5, stored)).containsExactly(new Signal.Due(0), new Signal.Ready(7, 5, 5));
        assertThat(RuledSend.signals(5, List.of(new UniqueJob(3, Fate.KEPT, null, 7))))
                .isEmpty();
    }

    private RuledSend send(Function<Object, Unique> unique) {
        return new RuledSend(table, JOB, List.of(1, 2, 3), new RuledSend.Wanted(unique, null, null, null));
    }

    private RuledSend refusing() {
        return send(payload -> Unique.key("k" + payload).orRefuse());
    }

    private static Chunk chunk(int jobs) {
        return new Chunk(new String[jobs], new byte[jobs][]);
    }

    private static Savepoint savepoint() {
        return (Savepoint) Proxy.newProxyInstance(
                RuledSendTests.class.getClassLoader(), new Class<?>[] {Savepoint.class}, (proxy, method, args) -> null);
    }

    private final class Table implements NewJobs {

        private long next = 1;

        /** The job whose key is taken. */
        private long kept;

        private boolean gone;

        @Override
        public InsertedJobs send(Connection on, NewJob job, String type, byte[] payload, @Nullable Notice notice) {
            throw new UnsupportedOperationException("it has rules");
        }

        @Override
        public SentClaimed sendClaimed(NewJob job, String type, byte[] payload, SlotClaim place) {
            throw new UnsupportedOperationException("it has rules");
        }

        @Override
        public InsertedJobs sendAll(Connection on, NewJob job, String[] types, byte[][] payloads) {
            throw new UnsupportedOperationException("they have rules");
        }

        @Override
        public @Nullable List<UniqueJob> sendWithRules(
                Connection on,
                NewJob job,
                Rules rules,
                @Nullable String[] keys,
                @Nullable String[] turns,
                String[] types,
                byte[][] payloads) {
            calls.add(Arrays.toString(keys));
            if (gone) {
                return null;
            }
            List<UniqueJob> stored = new ArrayList<>();
            for (int i = 0; i < types.length; i++) {
                stored.add(new UniqueJob(next, next == kept ? Fate.KEPT : Fate.NEW, null, 7));
                next++;
            }
            return stored;
        }
    }
}
