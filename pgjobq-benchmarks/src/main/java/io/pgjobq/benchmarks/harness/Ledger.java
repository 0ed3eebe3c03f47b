package io.pgjobq.benchmarks.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Which job started when, written by the handlers of all processes into a file that they map into their memory: a few
 * nanoseconds a job, whoever is measured. Times are those of {@link System#nanoTime()}, which on Linux is the same clock in
 * all processes of a machine. Thread-safe.
 */
public final class Ledger implements AutoCloseable {

    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Behind the counters of starts and of repeated starts, each on a cache line of its own. */
    private static final int HEADER = 128;

    private static final int REPEATED = 64;

    private final Path file;
    private final ByteBuffer memory;
    private final int jobs;

    private Ledger(Path file, ByteBuffer memory) {
        this.file = file;
        this.memory = memory.order(ByteOrder.nativeOrder());
        this.jobs = (memory.capacity() - HEADER) / Long.BYTES;
    }

    /** Creates an empty ledger for the jobs 0 to {@code jobs - 1}. */
    public static Ledger create(int jobs) {
        try {
            Path file = Files.createTempFile("pgjobq-ledger", ".bin");
            return map(file, HEADER + (long) jobs * Long.BYTES);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Opens the ledger that another process has created. */
    public static Ledger open(Path file) {
        try {
            return map(file, Files.size(file));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static Ledger map(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new Ledger(file, channel.map(MapMode.READ_WRITE, 0, size));
        }
    }

    /** The file, for other processes. */
    public Path file() {
        return file;
    }

    /** How many jobs it has room for. */
    public int size() {
        return jobs;
    }

    /** The job starts now, in the handler that calls this. */
    public void started(int job) {
        started(job, System.nanoTime());
    }

    /** The job has started at a time that another process has told. */
    public void started(int job, long now) {
        if (!LONGS.compareAndSet(memory, HEADER + job * Long.BYTES, 0L, now)) {
            var unused = (long) LONGS.getAndAdd(memory, REPEATED, 1L);
            return;
        }
        var unused = (long) LONGS.getAndAdd(memory, 0, 1L);
    }

    /** How many jobs have started. */
    public long started() {
        return (long) LONGS.getVolatile(memory, 0);
    }

    /** How many starts were those of jobs that had started before. */
    public long repeated() {
        return (long) LONGS.getVolatile(memory, REPEATED);
    }

    /** When the job started, 0 if it has not. */
    public long startedAt(int job) {
        return (long) LONGS.getVolatile(memory, HEADER + job * Long.BYTES);
    }

    /** Waits until so many jobs have started; returns whether that happened in time. */
    public boolean await(long count, Duration limit) {
        long until = System.nanoTime() + limit.toNanos();
        while (started() < count) {
            if (System.nanoTime() - until >= 0) {
                return false;
            }
            LockSupport.parkNanos(200_000);
        }
        return true;
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
