package io.pgjobq.benchmarks.systems;

import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Server.Database;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The Node process that runs the jobs of one client, and the thread that enters into the ledger what it tells. */
final class GraphileProcess implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    /** In place of a job's number: the worker listens. */
    private static final int LISTENS = -1;

    private final Process process;
    private final Thread reader;
    private final CountDownLatch listens = new CountDownLatch(1);

    GraphileProcess(Database database, ClientOptions options, int concurrency, Ledger ledger) {
        process = GraphileInstallation.start(
                database,
                "work",
                String.valueOf(concurrency),
                String.valueOf(options.work().toMillis()));
        reader = new Thread(() -> read(ledger), "graphile-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        try {
            if (!listens.await(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("graphile-worker did not listen within 60 s; see what it wrote above");
            }
        } catch (InterruptedException ex) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void read(Ledger ledger) {
        try (var records = new DataInputStream(new BufferedInputStream(process.getInputStream(), BUFFER))) {
            while (true) {
                int job = records.readInt();
                long nanos = records.readLong();
                if (job == LISTENS) {
                    listens.countDown();
                } else {
                    ledger.started(job, nanos);
                }
            }
        } catch (EOFException ex) {
            // The process has ended.
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    List<Long> pids() {
        return List.of(process.pid());
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("graphile-worker did not stop within 20 s");
            }
            reader.join();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (InterruptedException ex) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
