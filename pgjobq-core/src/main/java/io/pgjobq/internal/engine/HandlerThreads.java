package io.pgjobq.internal.engine;

import io.pgjobq.internal.support.DaemonThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run handlers: virtual ones, or platform threads that end when they have been idle for half a minute. How
 * many there are is the containers' business. A sender's thread may hand in a job, of which its handler must see nothing.
 * Thread-safe.
 */
final class HandlerThreads implements Executor, AutoCloseable {

    private static final String PREFIX = "pgjobq-worker-";

    private final Executor executor;
    private final @Nullable ThreadPoolExecutor pool;

    HandlerThreads(boolean virtual) {
        if (virtual) {
            pool = null;
            executor = new VirtualThreads(PREFIX);
        } else {
            pool = new ThreadPoolExecutor(
                    0, Integer.MAX_VALUE, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), new DaemonThreads(PREFIX));
            executor = pool;
        }
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    @Override
    public void close() {
        if (pool != null) {
            pool.shutdown();
        }
    }
}
