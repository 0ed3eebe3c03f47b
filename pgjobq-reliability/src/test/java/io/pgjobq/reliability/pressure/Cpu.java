package io.pgjobq.reliability.pressure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** What processes, and those that they started, have used of the processors; those that ended since included. */
final class Cpu {

    private final List<ProcessHandle> roots = new CopyOnWriteArrayList<>();
    private final Map<Long, Duration> byProcess = new ConcurrentHashMap<>();

    Cpu(ProcessHandle root) {
        roots.add(root);
    }

    void add(ProcessHandle root) {
        roots.add(root);
    }

    /** Returns the sum so far. What a process that has ended used after the last call is missing. */
    Duration used() {
        roots.stream()
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .forEach(process ->
                        process.info().totalCpuDuration().ifPresent(used -> byProcess.put(process.pid(), used)));
        return byProcess.values().stream().reduce(Duration.ZERO, Duration::plus);
    }
}
