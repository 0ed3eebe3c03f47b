package io.pgjobq.benchmarks.systems;

import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.NodeProcess;
import io.pgjobq.benchmarks.harness.NodeProgram;
import io.pgjobq.benchmarks.harness.Server.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A client of a system that runs jobs in a process of its own. */
public final class SystemNode {

    /** After what time a process that is not warm yet goes on nevertheless. */
    private static final Duration WARM_UP = Duration.ofSeconds(60);

    private static final int WARM_UPS = 2;

    /** How many words say whose jobs are run. */
    private static final int WORDS = 8;

    private SystemNode() {}

    /** Starts the process, without waiting until it is ready. */
    public static NodeProcess launch(QueueSystem system, Database database, ClientOptions options, Ledger ledger) {
        return NodeProcess.launch(SystemNode.class, words(system, database, options, ledger));
    }

    /** Starts the process and lets it get warm with all jobs of another database, without waiting until it has done so. */
    public static NodeProcess launch(
            QueueSystem system, Database database, ClientOptions options, Ledger ledger, Database warmUp, int jobs) {
        List<String> words = new ArrayList<>(words(system, database, options, ledger));
        words.addAll(List.of(warmUp.name(), String.valueOf(jobs)));
        return NodeProcess.launch(SystemNode.class, words);
    }

    private static List<String> words(QueueSystem system, Database database, ClientOptions options, Ledger ledger) {
        return List.of(
                system.name(),
                database.host(),
                String.valueOf(database.port()),
                database.name(),
                ledger.file().toString(),
                options.work().toString(),
                String.valueOf(options.concurrency()),
                String.valueOf(options.virtualThreads()));
    }

    /** What the process does. */
    public static void main(String[] arguments) throws IOException {
        QueueSystem system = Systems.named(arguments[0]);
        Database database = new Database(arguments[1], Integer.parseInt(arguments[2]), arguments[3]);
        ClientOptions options = new ClientOptions(
                true, Duration.parse(arguments[5]), Integer.parseInt(arguments[6]), Boolean.parseBoolean(arguments[7]));
        if (arguments.length > WORDS) {
            Database other = new Database(database.host(), database.port(), arguments[WORDS]);
            getWarm(system, other, options, Integer.parseInt(arguments[WORDS + 1]));
            NodeProgram.warm();
        }
        Ledger ledger = Ledger.open(Path.of(arguments[4]));
        try (Client client = system.open(database, options, ledger)) {
            NodeProgram.serve(client.processes());
        }
    }

    /** In two parts, so that what the compiler has to do again for a client that is opened anew is done. */
    private static void getWarm(QueueSystem system, Database database, ClientOptions options, int jobs) {
        try (Ledger own = Ledger.create(jobs)) {
            for (int part = 1; part <= WARM_UPS; part++) {
                try (Client client = system.open(database, options, own)) {
                    // One that is slow has worked as long as another then.
                    var unused = own.await((long) jobs * part / WARM_UPS, WARM_UP.dividedBy(WARM_UPS));
                }
            }
        }
    }
}
