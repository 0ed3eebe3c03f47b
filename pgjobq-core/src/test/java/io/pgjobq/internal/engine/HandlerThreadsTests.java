package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class HandlerThreadsTests {

    private static final InheritableThreadLocal<@Nullable String> REQUEST = new InheritableThreadLocal<>();

    private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();

    /** What a handler sees of the thread that it is called on. */
    private record Seen(
            String name,
            boolean daemon,
            @Nullable ClassLoader loader,
            @Nullable String request) {

        static Seen here() {
            Thread thread = Thread.currentThread();
            return new Seen(thread.getName(), thread.isDaemon(), thread.getContextClassLoader(), REQUEST.get());
        }
    }

    @AfterEach
    void bringBack() {
        REQUEST.remove();
        Thread.currentThread().setContextClassLoader(loader);
    }

    @Test
    void aThreadTakesNothingOverFromWhoeverHandsItItsFirstJob() throws Exception {
        assertThat(seenOnAThread(false)).isEqualTo(new Seen("pgjobq-worker-1", true, loader, null));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void aVirtualThreadTakesNothingOverEither() throws Exception {
        assertThat(seenOnAThread(true)).isEqualTo(new Seen("pgjobq-worker-1", true, loader, null));
    }

    private static Seen seenOnAThread(boolean virtual) throws Exception {
        CompletableFuture<Seen> seen = new CompletableFuture<>();
        try (HandlerThreads threads = new HandlerThreads(virtual)) {
            REQUEST.set("of a sender");
            Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[0]));
            threads.execute(() -> seen.complete(Seen.here()));
            return seen.get(20, TimeUnit.SECONDS);
        }
    }
}
