package io.pgjobq.benchmarks.harness;

import java.io.IOException;
import java.util.List;

/**
 * What a process of its own has to do to be a node: it may get warm first, starts something, says that it is ready and what
 * processes that has started, and ends when its standard input is closed, as it is when whoever started it ends.
 */
public final class NodeProgram {

    /** The first word of the line that says that the node is ready. */
    static final String READY = "pgjobq-benchmarks-ready";

    private NodeProgram() {}

    /** Says that the node is warm, and returns when it is to go on. */
    public static void warm() throws IOException {
        say(List.of());
        var unused = System.in.read();
    }

    /** Says that the node is ready, and returns when it is to end. */
    public static void serve(Iterable<Long> processes) throws IOException {
        say(processes);
        while (System.in.read() >= 0) {
            continue;
        }
    }

    @SuppressWarnings("SystemOut")
    private static void say(Iterable<Long> processes) {
        StringBuilder line = new StringBuilder(READY);
        processes.forEach(pid -> line.append(' ').append(pid));
        System.out.println(line);
        System.out.flush();
    }
}
