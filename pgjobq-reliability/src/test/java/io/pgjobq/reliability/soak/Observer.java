package io.pgjobq.reliability.soak;

import io.pgjobq.reliability.harness.Server;
import io.pgjobq.reliability.harness.Worker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Looks at a worker from outside, with the JDK's tools and Linux's, and at the server. */
final class Observer {

    private static final Pattern TOTAL = Pattern.compile("^Total\\s+\\d+\\s+(\\d+)", Pattern.MULTILINE);

    private static final String SERVER = """
            select pg_total_relation_size('pgjobq.job') as jobs, pg_total_relation_size('pgjobq.claim') as claims,
                pg_total_relation_size('pgjobq.node') as nodes,
                (select coalesce(sum(pg_total_relation_size(relid)), 0) from pg_partition_tree('pgjobq.finished_job'))
                    as history,
                (select count(*) from pgjobq.finished_job) as ended,
                (select count(*) from pgjobq.job) as backlog,
                (select count(*) from pg_stat_activity where usename = 'app' and datname = 'app') as connections,
                (select count(*) from pg_locks where locktype = 'advisory' and classid = 'pgjobq.node'::regclass
                    and database = (select oid from pg_database where datname = 'app')) as locks,
                (select coalesce(extract(epoch from clock_timestamp() - min(claimed_at)) * 1000, 0)
                    from pgjobq.claim) as oldest_claim""";

    private final Worker worker;
    private final JdbcClient database;
    private final long zero = System.nanoTime();

    Observer(Worker worker, Server server) {
        this.worker = worker;
        this.database = server.database();
    }

    Sample look() {
        long second = (System.nanoTime() - zero) / 1_000_000_000;
        long heap = heap();
        int threads =
                Math.toIntExact(entries("task").stream().filter(this::isFixed).count());
        int descriptors = entries("fd").size();
        return database.sql(SERVER)
                .query((row, number) -> new Sample(
                        second,
                        heap,
                        threads,
                        descriptors,
                        row.getLong("jobs"),
                        row.getLong("claims"),
                        row.getLong("nodes"),
                        row.getLong("history"),
                        row.getLong("ended"),
                        row.getLong("backlog"),
                        row.getInt("connections"),
                        row.getInt("locks"),
                        row.getLong("oldest_claim")))
                .single();
    }

    /** The histogram of live objects comes after a full collection. */
    private long heap() {
        Matcher total = TOTAL.matcher(run(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(worker.pid()),
                "GC.class_histogram"));
        if (!total.find()) {
            throw new IllegalStateException(worker.name() + ": jcmd did not tell what is in the heap");
        }
        return Long.parseLong(total.group(1));
    }

    private static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(List.of(command) + " failed: " + output);
            }
            return output;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    /** Those of handlers and of the JVM's compiler come and go with the load. */
    private boolean isFixed(Path task) {
        try {
            String name = Files.readString(task.resolve("comm"));
            return !name.startsWith("pgjobq-worker") && !name.contains("Compiler");
        } catch (IOException ex) {
            return false; // has ended
        }
    }

    private List<Path> entries(String directory) {
        try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(worker.pid()), directory))) {
            return entries.toList();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
