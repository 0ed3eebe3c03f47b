package io.pgjobq.benchmarks.systems;

import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.NodeProcess;
import io.pgjobq.benchmarks.harness.NodeProgram;
import io.pgjobq.benchmarks.harness.Server.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A client of a system that runs jobs in a process of its own. */
public final class SystemNode {

    private SystemNode() {}

    /** Starts the process, without waiting until it is ready. */
    public static NodeProcess launch(QueueSystem system, Database database, ClientOptions options, Ledger ledger) {
        List<String> words = List.of(
                system.name(),
                database.host(),
                String.valueOf(database.port()),
                database.name(),
                ledger.file().toString(),
                options.work().toString(),
                String.valueOf(options.concurrency()),
                String.valueOf(options.virtualThreads()));
        return NodeProcess.launch(SystemNode.class, words);
    }

    /** What the process does. */
    public static void main(String[] arguments) throws IOException {
        QueueSystem system = Systems.named(arguments[0]);
        Database database = new Database(arguments[1], Integer.parseInt(arguments[2]), arguments[3]);
        ClientOptions options = new ClientOptions(
                true, Duration.parse(arguments[5]), Integer.parseInt(arguments[6]), Boolean.parseBoolean(arguments[7]));
        Ledger ledger = Ledger.open(Path.of(arguments[4]));
        try (Client client = system.open(database, options, ledger)) {
            NodeProgram.serve(client.processes());
        }
    }
}
