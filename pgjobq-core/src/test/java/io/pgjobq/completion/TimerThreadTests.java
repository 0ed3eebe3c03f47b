package io.pgjobq.completion;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimerThreadTests {

    private final TimerThread timer = new TimerThread();
    private final BlockingQueue<String> done = new LinkedBlockingQueue<>();

    @AfterEach
    void end() {
        timer.close();
    }

    @Test
    void whatFailsIsDoneAgain() throws Exception {
        Runnable fails = CompletionTrackerTests.failOnce(new OutOfMemoryError("unable to create native thread"));
        var unused = timer.after(Duration.ofNanos(1), () -> {
            fails.run();
            done.add("done");
        });
        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("done");
    }

    @Test
    void thingsAreDoneInTheOrderOfTheirTimesUnlessTheyAreCancelled() throws Exception {
        var unusedLast = timer.after(Duration.ofMillis(30), () -> done.add("last"));
        var cancelled = timer.after(Duration.ofMillis(20), () -> done.add("cancelled"));
        var unusedFirst = timer.after(Duration.ofMillis(10), () -> done.add("first"));
        cancelled.cancel();
        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("first");
        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("last");
    }
}
