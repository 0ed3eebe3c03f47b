package io.pgjobq.benchmarks.systems;

import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Server.Database;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * No queue at all, but what any queue on this database has to do at least: insert what was sent, and read and delete it, in
 * batches, by one worker that shares with nobody and guarantees nothing.
 */
public final class Floor implements QueueSystem {

    private static final int BATCH = 500;

    /** As many connections as a pool of Spring Boot has. */
    private static final int POOL = 10;

    @Override
    public String name() {
        return "floor";
    }

    @Override
    public String description() {
        return "plain pgjdbc: a bulk insert, and deletes of " + BATCH
                + " rows by their keys, returning the payloads; no claim, no guarantee. Sent one by one: an insert in its own"
                + " transaction, on a HikariCP pool of " + POOL;
    }

    @Override
    public void install(Database database) {
        database.execute(
                "create table floor (id bigint generated always as identity primary key, payload bytea not null)");
    }

    @Override
    public Client open(Database database, ClientOptions options, Ledger ledger) {
        return new FloorClient(database, options, ledger);
    }

    @Override
    public String unfinished() {
        return "select count(*) from floor";
    }

    private static final class FloorClient implements Client {

        private final HikariDataSource pool = new HikariDataSource();
        private final Connection working;
        private final Thread worker;
        private volatile boolean closed;

        FloorClient(Database database, ClientOptions options, Ledger ledger) {
            pool.setJdbcUrl(database.url());
            pool.setMaximumPoolSize(POOL);
            try {
                working = database.connect();
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            }
            worker = new Thread(
                    () -> drain(new Work(ledger, options.work())),
                    "floor-" + ThreadLocalRandom.current().nextInt());
            if (options.handles()) {
                worker.start();
            }
        }

        private void drain(Work work) {
            long next = 1;
            try (PreparedStatement delete =
                    working.prepareStatement("delete from floor where id = any (?) returning payload")) {
                while (!closed) {
                    delete.setObject(1, LongStream.range(next, next + BATCH).toArray());
                    int count = 0;
                    try (ResultSet deleted = delete.executeQuery()) {
                        while (deleted.next()) {
                            work.run(new String(deleted.getBytes(1), StandardCharsets.UTF_8));
                            count++;
                        }
                    }
                    next += count;
                    if (count == 0) {
                        LockSupport.parkNanos(1_000_000);
                    }
                }
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            }
        }

        @Override
        public void send(String payload) {
            insert("insert into floor (payload) values (?)", payload.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void sendAll(List<String> payloads) {
            byte[][] bytes = payloads.stream()
                    .map(payload -> payload.getBytes(StandardCharsets.UTF_8))
                    .toArray(byte[][]::new);
            insert("insert into floor (payload) select unnest(?::bytea[])", bytes);
        }

        private void insert(String statement, Object parameter) {
            try (Connection connection = pool.getConnection();
                    PreparedStatement insert = connection.prepareStatement(statement)) {
                insert.setObject(1, parameter);
                insert.executeUpdate();
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            }
        }

        @Override
        public void close() {
            closed = true;
            try {
                worker.join();
                pool.close();
                working.close();
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
