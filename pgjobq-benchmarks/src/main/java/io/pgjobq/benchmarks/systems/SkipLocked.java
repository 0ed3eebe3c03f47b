package io.pgjobq.benchmarks.systems;

import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Server.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The queue that many write themselves: a table, and threads that lock a row of it, run its job and delete it. */
public final class SkipLocked implements QueueSystem {

    private static final int THREADS = 10;

    /** For a client that only sends: the eight threads of the workload with most of them, and some. */
    private static final int SENDERS = 10;

    private static final String INSERT = "insert into task (payload) values (?)";

    private static final String TAKE =
            "select id, payload from task where run_at <= now() order by run_at limit 1 for update skip locked";

    private static final String DELETE = "delete from task where id = ?";

    @Override
    public String name() {
        return "skip-locked";
    }

    @Override
    public String description() {
        return "hand-written: " + THREADS + " threads, each with a connection, select one row for update skip locked"
                + " in the order of an index, run, delete, commit; poll after 1 s when the table is empty;"
                + " sending in bulk by a JDBC batch with reWriteBatchedInserts";
    }

    @Override
    public void install(Database database) {
        database.execute(
                "create table task (id bigint generated always as identity primary key, payload text not null,"
                        + " run_at timestamptz not null default now())",
                "create index on task (run_at)");
    }

    @Override
    public Client open(Database database, ClientOptions options, Ledger ledger) {
        return new SkipLockedClient(database, options, new Work(ledger, options.work()));
    }

    @Override
    public String unfinished() {
        return "select count(*) from task";
    }

    private static final class SkipLockedClient implements Client {

        private final HikariDataSource pool;
        private final CountDownLatch closed = new CountDownLatch(1);
        private final List<Thread> threads = new ArrayList<>();

        SkipLockedClient(Database database, ClientOptions options, Work work) {
            int workers = options.handles() ? options.concurrencyOr(THREADS) : 0;
            pool = options.handles() ? Pools.open(database, workers + SENDERS) : Pools.open(database, SENDERS);
            for (int i = 0; i < workers; i++) {
                Thread thread = new Thread(() -> work(work), "skip-locked-" + i);
                threads.add(thread);
                thread.start();
            }
        }

        private void work(Work work) {
            try (Connection connection = pool.getConnection();
                    PreparedStatement take = connection.prepareStatement(TAKE);
                    PreparedStatement delete = connection.prepareStatement(DELETE)) {
                connection.setAutoCommit(false);
                while (closed.getCount() > 0) {
                    if (!runOne(work, take, delete)) {
                        connection.commit();
                        var unused = closed.await(1, TimeUnit.SECONDS);
                        continue;
                    }
                    connection.commit();
                }
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }

        private static boolean runOne(Work work, PreparedStatement take, PreparedStatement delete) throws SQLException {
            try (ResultSet taken = take.executeQuery()) {
                if (!taken.next()) {
                    return false;
                }
                work.run(taken.getString(2));
                delete.setLong(1, taken.getLong(1));
            }
            delete.executeUpdate();
            return true;
        }

        @Override
        public void send(String payload) {
            try (Connection connection = pool.getConnection();
                    PreparedStatement insert = connection.prepareStatement(INSERT)) {
                insert.setString(1, payload);
                insert.executeUpdate();
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            }
        }

        @Override
        public void sendAll(List<String> payloads) {
            try (Connection connection = pool.getConnection();
                    PreparedStatement insert = connection.prepareStatement(INSERT)) {
                connection.setAutoCommit(false);
                for (String payload : payloads) {
                    insert.setString(1, payload);
                    insert.addBatch();
                }
                insert.executeBatch();
                connection.commit();
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            }
        }

        @Override
        public void close() {
            closed.countDown();
            try {
                for (Thread thread : threads) {
                    thread.join();
                }
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
            pool.close();
        }
    }
}
