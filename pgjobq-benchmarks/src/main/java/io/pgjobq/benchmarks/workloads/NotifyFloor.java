package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Latencies;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.Systems;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.postgresql.PGConnection;

/** A bare {@code NOTIFY} on one connection until the driver hands it out on another: the floor of a wake-up elsewhere. */
public record NotifyFloor() implements Workload {

    /** What the figures are called. */
    public static final String TITLE = "notify, bare";

    private static final int POLL_MILLIS = 500;

    @Override
    public String name() {
        return "notify";
    }

    @Override
    public boolean suits(QueueSystem system) {
        return system == Systems.FLOOR;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        AtomicLong received = new AtomicLong();
        AtomicLong heard = new AtomicLong();
        try (Bench.Table table = bench.prepare(system, 0);
                Connection sending = table.database().connect();
                Connection listening = table.database().connect();
                Statement statement = sending.createStatement()) {
            try (Statement listen = listening.createStatement()) {
                listen.execute("listen benchmark");
            }
            Thread receiver = new Thread(() -> receive(listening, bench.size().samples(), received, heard), "notify");
            receiver.start();
            Latencies latencies = new Latencies();
            Reading start = table.meter().read();
            for (int i = 1; i <= bench.size().samples(); i++) {
                long number = i;
                Pause.random();
                statement.execute("notify benchmark");
                long committed = System.nanoTime();
                if (!Pause.until(() -> heard.get() == number, Duration.ofSeconds(10))) {
                    throw new IllegalStateException("notification " + i + " did not arrive within 10 s");
                }
                latencies.add(received.get() - committed);
            }
            Figure figure = Figure.of(
                    TITLE,
                    system.name(),
                    round,
                    latencies.count(),
                    table.meter().since(start));
            receiver.join();
            return List.of(figure.withLatencies(latencies.percentiles("")));
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    private static void receive(Connection connection, int count, AtomicLong received, AtomicLong heard) {
        try {
            PGConnection listening = connection.unwrap(PGConnection.class);
            while (heard.get() < count) {
                int arrived = listening.getNotifications(POLL_MILLIS).length;
                if (arrived > 0) {
                    received.set(System.nanoTime());
                    heard.addAndGet(arrived);
                }
            }
        } catch (SQLException ex) {
            if (heard.get() < count) {
                throw new IllegalStateException(ex);
            }
        }
    }
}
