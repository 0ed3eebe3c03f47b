package io.pgjobq.benchmarks.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** What processes have used of the processors, from {@code /proc}, in microseconds. */
final class Cpu {

    /** The kernel counts in hundredths of a second. */
    private static final long MICROS_PER_TICK = 10_000;

    private static final int USER = 11;
    private static final int CHILDREN_USER = 13;

    private Cpu() {}

    /** Returns what the processes themselves have used. */
    static long of(List<Long> pids) {
        return pids.stream().mapToLong(pid -> ticks(pid, USER, USER + 1)).sum() * MICROS_PER_TICK;
    }

    /** Returns what a process of one thread and its children of one thread have used, those included that have ended. */
    static long ofFamily(long pid) {
        long micros = ticks(pid, CHILDREN_USER, CHILDREN_USER + 1) * MICROS_PER_TICK + ofThread(pid);
        for (long child : ProcessHandle.of(pid)
                .orElseThrow()
                .children()
                .mapToLong(ProcessHandle::pid)
                .toArray()) {
            micros += ofThread(child);
        }
        return micros;
    }

    /** What the scheduler has counted in nanoseconds, or else in ticks, for a process of one thread. */
    private static long ofThread(long pid) {
        try {
            String nanos = Files.readString(Path.of("/proc", String.valueOf(pid), "schedstat"));
            return Long.parseLong(nanos.substring(0, nanos.indexOf(' '))) / 1_000;
        } catch (IOException ex) {
            return ticks(pid, USER, USER + 1) * MICROS_PER_TICK;
        }
    }

    private static long ticks(long pid, int from, int to) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            long sum = 0;
            for (int field = from; field <= to; field++) {
                sum += Long.parseLong(fields[field]);
            }
            return sum;
        } catch (NoSuchFileException ex) {
            return 0;
        } catch (IOException ex) {
            if (!ProcessHandle.of(pid).isPresent()) {
                return 0;
            }
            throw new UncheckedIOException(ex);
        }
    }
}
