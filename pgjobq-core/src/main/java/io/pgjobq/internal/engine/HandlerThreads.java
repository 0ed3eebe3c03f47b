package io.pgjobq.internal.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads that run handlers: virtual ones, or platform threads that end when they have been idle for half a minute. How
 * many there are is the containers' business. Thread-safe.
 */
final class HandlerThreads implements Executor, AutoCloseable {

    private final Executor executor;
    private final @Nullable ThreadPoolExecutor pool;

    HandlerThreads(boolean virtual) {
        if (virtual) {
            pool = null;
            executor = new VirtualThreadTaskExecutor("pgjobq-worker-");
        } else {
            CustomizableThreadFactory factory = new CustomizableThreadFactory("pgjobq-worker-");
            factory.setDaemon(true);
            pool = new ThreadPoolExecutor(
                    0, Integer.MAX_VALUE, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
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
