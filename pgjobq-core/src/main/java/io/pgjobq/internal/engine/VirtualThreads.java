package io.pgjobq.internal.engine;

import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs each task on a virtual thread of its own, which takes nothing over from the thread that hands it in, as those of
 * {@link io.pgjobq.internal.support.DaemonThreads} do. Thread-safe.
 */
final class VirtualThreads implements Executor {

    private final ThreadFactory threads;
    private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();

    /** Gives threads the context class loader of the calling one, which builds the application. */
    VirtualThreads(String prefix) {
        this.threads = threads(prefix);
    }

    @Override
    public void execute(Runnable task) {
        threads.newThread(() -> {
                    Thread.currentThread().setContextClassLoader(loader);
                    task.run();
                })
                .start();
    }

    /** By name, since this is compiled for a Java that has none; Spring's own would inherit thread-locals. */
    private static ThreadFactory threads(String prefix) {
        try {
            Method start = Thread.class.getMethod("ofVirtual");
            Class<?> type = start.getReturnType();
            Object builder = start.invoke(null);
            type.getMethod("name", String.class, long.class).invoke(builder, prefix, 1);
            type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
            return (ThreadFactory) type.getMethod("factory").invoke(builder);
        } catch (ReflectiveOperationException ex) {
            throw new UnsupportedOperationException("virtual threads need Java 21 or later", ex);
        }
    }
}
