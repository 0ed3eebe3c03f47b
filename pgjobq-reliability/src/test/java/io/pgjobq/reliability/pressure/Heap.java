package io.pgjobq.reliability.pressure;

import io.pgjobq.reliability.harness.Worker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What a worker's JVM has in use, as {@code jcmd} tells. */
final class Heap {

    private static final Pattern USED = Pattern.compile("(?:generation|heap).* used (\\d+)K");

    private Heap() {}

    /** Megabytes in use after a full garbage collection. */
    static double megabytesInUse(Worker worker) {
        jcmd(worker, "GC.run");
        String info = jcmd(worker, "GC.heap_info");
        long used = USED.matcher(info)
                .results()
                .map(MatchResult::group)
                .mapToLong(line -> Long.parseLong(line.replaceAll(".* used (\\d+)K", "$1")))
                .sum();
        if (used == 0) {
            throw new IllegalStateException("no heap in: " + info);
        }
        return used / 1024.0;
    }

    private static String jcmd(Worker worker, String command) {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(worker.pid()),
                            command)
                    .redirectErrorStream(true)
                    .start();
            return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
