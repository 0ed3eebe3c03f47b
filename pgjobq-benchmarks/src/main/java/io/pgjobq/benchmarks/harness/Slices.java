package io.pgjobq.benchmarks.harness;

import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.Meter.Used;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Several sides that take turns, so that a machine whose speed drifts is as fast for one as for another: the same threads do
 * what one side does for a moment, then what the next does, and so on, each time in another order.
 */
public final class Slices {

    private static final int OVER = -1;

    private final Meter meter;
    private final List<Side> sides;
    private final List<LongAdder> counts = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private volatile int current;

    /** What a side does again and again; called by many threads. */
    @FunctionalInterface
    public interface Side {

        /** Does it once. */
        void act(String payload);
    }

    /** How often a side did it, and what that took in all its slices. */
    public record Turn(long count, Used used) {

        private Turn plus(long more, Used other) {
            return new Turn(count + more, used.plus(other));
        }
    }

    private Slices(Meter meter, List<Side> sides) {
        this.meter = meter;
        this.sides = sides;
        sides.forEach(side -> {
            counts.add(new LongAdder());
            turns.add(new Turn(0, Used.NOTHING));
        });
    }

    /** Lets each side have so many slices of the length; returns what came of it, in the order of the sides. */
    public static List<Turn> run(Meter meter, int threads, int slices, Duration length, List<Side> sides) {
        return new Slices(meter, sides).run(threads, slices, length);
    }

    private List<Turn> run(int threads, int slices, Duration length) {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int first = i;
                running.add(executor.submit(() -> act(first)));
            }
            for (int i = 0; i < slices; i++) {
                for (int j = 0; j < sides.size(); j++) {
                    slice((i + j) % sides.size(), length);
                }
            }
            current = OVER;
            for (Future<?> each : running) {
                each.get();
            }
            return turns;
        } catch (ExecutionException ex) {
            throw new IllegalStateException(ex.getCause());
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        } finally {
            current = OVER;
            executor.shutdown();
        }
    }

    private void act(int first) {
        int job = first;
        int side = current;
        while (side != OVER) {
            sides.get(side).act(Payload.of(job % 1_000_000, Payload.USUAL));
            counts.get(side).increment();
            job += 97;
            side = current;
        }
    }

    private void slice(int side, Duration length) {
        current = side;
        long before = counts.get(side).sum();
        Reading start = meter.read();
        long until = start.nanos() + length.toNanos();
        long left = until - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = until - System.nanoTime();
        }
        turns.set(side, turns.get(side).plus(counts.get(side).sum() - before, meter.since(start)));
    }
}
