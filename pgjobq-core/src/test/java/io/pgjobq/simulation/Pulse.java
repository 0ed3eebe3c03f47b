package io.pgjobq.simulation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Whether a node could have shown that it lives: it asks the server next to nothing again and again, by the node's own way. A
 * machine that is too busy for that may be too busy for heartbeats, and the others take such a node for dead, as they should.
 */
final class Pulse implements AutoCloseable {

    private static final Duration EVERY = Duration.ofMillis(50);

    /** Well below what the others allow a node, and well above what a heartbeat needs. */
    private static final long LONG = Duration.ofSeconds(1).toNanos();

    private final JdbcTemplate jdbc;
    private final Thread thread;
    private final List<Gap> gaps = new CopyOnWriteArrayList<>();
    private volatile long last = System.nanoTime();
    private volatile boolean closed;

    /** Nothing was answered between two times, as {@code nanoTime} tells them. */
    private record Gap(long from, long to) {

        private boolean meets(long start, long end) {
            return to - start > 0 && end - from > 0;
        }
    }

    Pulse(String name, DataSource network) {
        this.jdbc = new JdbcTemplate(network);
        this.thread = new Thread(this::run, "pulse-" + name);
    }

    void start() {
        last = System.nanoTime();
        thread.start();
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(EVERY.toNanos());
            try {
                jdbc.queryForObject("select 1", Integer.class);
                answered();
            } catch (DataAccessException ex) {
                // A gap begins, or goes on.
            }
        }
    }

    private void answered() {
        Gap gap = new Gap(last, System.nanoTime());
        if (gap.to - gap.from > LONG) {
            gaps.add(gap);
        }
        last = gap.to;
    }

    /** Returns whether the server did not answer for long at some time between the two. */
    boolean failed(long start, long end) {
        long now = System.nanoTime();
        return gaps.stream().anyMatch(gap -> gap.meets(start, end))
                || (now - last > LONG && new Gap(last, now).meets(start, end));
    }

    int gaps() {
        return gaps.size();
    }

    @Override
    public void close() {
        closed = true;
    }
}
