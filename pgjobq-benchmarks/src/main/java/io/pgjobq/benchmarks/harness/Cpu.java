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
    private static final int CHILDREN_SYSTEM = 14;

    private Cpu() {}

    /** Returns what the processes themselves have used. */
    static long of(List<Long> pids) {
        return pids.stream().mapToLong(pid -> ticks(pid, USER, USER + 1)).sum() * MICROS_PER_TICK;
    }

    /** Returns what a process and its children have used, those included that have ended. */
    static long ofFamily(long pid) {
        long ticks = ticks(pid, USER, CHILDREN_SYSTEM);
        for (long child : ProcessHandle.of(pid)
                .orElseThrow()
                .children()
                .mapToLong(ProcessHandle::pid)
                .toArray()) {
            ticks += ticks(child, USER, USER + 1);
        }
        return ticks * MICROS_PER_TICK;
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
