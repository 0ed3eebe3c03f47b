package io.pgjobq.benchmarks.harness;

import java.io.IOException;

/**
 * What a process of its own has to do to be a node: it starts something, says that it is ready and what processes that has
 * started, and ends when its standard input is closed, as it is when whoever started it ends.
 */
public final class NodeProgram {

    /** The first word of the line that says that the node is ready. */
    static final String READY = "pgjobq-benchmarks-ready";

    private NodeProgram() {}

    /** Says that the node is ready, and returns when it is to end. */
    @SuppressWarnings("SystemOut")
    public static void serve(Iterable<Long> processes) throws IOException {
        StringBuilder line = new StringBuilder(READY);
        processes.forEach(pid -> line.append(' ').append(pid));
        System.out.println(line);
        System.out.flush();
        while (System.in.read() >= 0) {
            continue;
        }
    }
}
