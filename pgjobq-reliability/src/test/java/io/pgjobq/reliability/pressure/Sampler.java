package io.pgjobq.reliability.pressure;

import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Server;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.ClaimTimes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads each second what the server says, and knows the phases. What the server keeps of each job anyway (when it was sent,
 * started and finished) is not read before the end, so that measuring costs next to nothing meanwhile.
 */
final class Sampler implements AutoCloseable {

    private final Stage stage;
    private final String scenario;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Cpu cpu;
    private final List<Path> claimTimes = new ArrayList<>();
    private final List<Phase> phases = new ArrayList<>();

    /** Only used by the clock's thread, until it has ended. */
    private final List<Reading> readings = new ArrayList<>();

    private @Nullable ScheduledFuture<?> reading;
    private @Nullable String phase;
    private @Nullable Reading phaseStart;

    private Sampler(Stage stage, String scenario) {
        this.stage = stage;
        this.scenario = scenario;
        this.cpu = new Cpu(ProcessHandle.of(stage.server().pid()).orElseThrow());
    }

    /** Sets a stage for sampling; call it before anything connects, so that the server times all calls of functions. */
    static Sampler on(Stage stage, String scenario) {
        JdbcClient database = stage.server().database();
        database.sql("alter database app set track_functions = 'pl'").update();
        database.sql("create extension pg_stat_statements").update();
        return stage.add(new Sampler(stage, scenario));
    }

    /** Starts a worker process that writes down how long its claims take. */
    Worker worker(String name, String... arguments) {
        Path file = Form.OUTPUT.resolve("claim-times").resolve(scenario).resolve(name + ".csv");
        claimTimes.add(file);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--" + ClaimTimes.FILE + "=" + file);
        // The timed DataSource hides where it connects to.
        all.add("--pgjobq.notify.url=" + stage.server().url());
        all.add("--pgjobq.notify.username=" + Server.USER);
        Worker worker = stage.worker(name, all.toArray(String[]::new));
        cpu.add(ProcessHandle.of(worker.pid()).orElseThrow());
        return worker;
    }

    /** Starts reading. */
    void start() {
        reading = clock.scheduleAtFixedRate(this::read, 0, 1, TimeUnit.SECONDS);
    }

    /** Lets a phase begin, and takes that long of it. */
    void phase(String name, Duration length) {
        phase(name);
        pass(length);
    }

    /** Lets a phase begin. */
    void phase(String name) {
        endPhase();
        phase = name;
        phaseStart = onClock(this::read);
    }

    /** Lets the time go by, within the phase. */
    void pass(Duration length) {
        try {
            clock.schedule(() -> {}, length.toMillis(), TimeUnit.MILLISECONDS).get();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        } catch (ExecutionException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private void endPhase() {
        if (phase != null && phaseStart != null) {
            phases.add(new Phase(phase, phaseStart, onClock(this::read)));
            phase = null;
        }
    }

    /** Ends the last phase, and reading. */
    void end() throws InterruptedException {
        endPhase();
        if (reading == null || reading.isDone()) {
            throw new IllegalStateException("the server could not be read all the time");
        }
        clock.shutdown();
        if (!clock.awaitTermination(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("reading the server does not end");
        }
    }

    /** Tells what happened until the end, with the start latency of jobs of the named queue and priority. */
    Course course(String probe, int priority) {
        return Course.of(
                stage.server().database(), List.copyOf(phases), List.copyOf(readings), claimTimes, probe, priority);
    }

    private Reading read() {
        Reading reading = Reading.take(stage.server().database(), cpu.used());
        readings.add(reading);
        return reading;
    }

    private <T> T onClock(Callable<T> work) {
        try {
            return clock.submit(work).get(30, TimeUnit.SECONDS);
        } catch (Exception ex) {
            throw new IllegalStateException("the server could not be read", ex);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
