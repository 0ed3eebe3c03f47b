package io.pgjobq.internal.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobContext;
import io.pgjobq.JobListener;
import io.pgjobq.test.LogLines;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ListenerEventsTests {

    private final JobContext job = (JobContext) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {JobContext.class}, (proxy, method, args) -> 7L);
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private final class Telling implements JobListener {

        @Override
        public void started(JobContext started) {
            told.add("started " + started.id());
        }

        @Override
        public void succeeded(JobContext succeeded, Duration ran) {
            told.add("succeeded " + succeeded.id() + " in " + ran);
        }

        @Override
        public void retried(JobContext retried, Throwable failure, Duration next) {
            told.add("retried " + retried.id() + " " + failure.getMessage() + " " + next);
        }

        @Override
        public void died(JobContext dead, Throwable failure) {
            told.add("died " + dead.id() + " " + failure.getMessage());
        }

        @Override
        public void givenBack(JobContext back) {
            told.add("given back " + back.id());
        }
    }

    @Test
    void eachEventIsToldInItsOrder() throws Exception {
        ListenerEvents events = started(10, new Telling());
        events.started(job);
        events.succeeded(job, 1_500);
        events.retried(job, 2_000, new IllegalStateException("no"), Duration.ofSeconds(3));
        events.died(job, 2_000, new IllegalStateException("never"));
        events.givenBack(job);
        events.stop();
        assertThat(told)
                .containsExactly(
                        "started 7", "succeeded 7 in PT0.0015S", "retried 7 no PT3S", "died 7 never", "given back 7");
    }

    @Test
    void aListenerThatThrowsKeepsNothingFromTheOthers() throws Exception {
        JobListener failing = new JobListener() {
            @Override
            public void started(JobContext started) {
                throw new AssertionError("of the listener");
            }
        };
        try (LogLines log = LogLines.capture()) {
            ListenerEvents events = started(10, failing, new Telling());
            events.started(job);
            events.started(job);
            events.stop();
            assertThat(log.with("a job listener has failed")).hasSize(2);
        }
        assertThat(told).containsExactly("started 7", "started 7");
    }

    @Test
    void aListenerThatBlocksHoldsUpNobodyAndWhatIsTooMuchIsDropped() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        JobListener blocking = new JobListener() {
            @Override
            public void started(JobContext started) {
                entered.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException ex) {
                    throw new IllegalStateException(ex);
                }
            }
        };
        try (LogLines log = LogLines.capture()) {
            ListenerEvents events = started(3, blocking, new Telling());
            events.started(job);
            entered.await();
            for (int i = 0; i < 10; i++) {
                events.givenBack(job);
            }
            assertThat(told).as("told while the first blocks").isEmpty();
            assertThat(log.with("job listeners fall behind by 3 events")).hasSize(1);
            goOn.countDown();
            for (String expected : List.of("started 7", "given back 7", "given back 7", "given back 7")) {
                assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo(expected);
            }
            events.died(job, 2_000, new IllegalStateException("late"));
            assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("died 7 late");
            assertThat(log.with("job listeners have caught up")).hasSize(1);
            events.stop();
        }
        assertThat(told).isEmpty();
    }

    @Test
    void nothingIsToldBeforeTheStartAndAfterTheStop() throws Exception {
        ListenerEvents events = new ListenerEvents(List.of(new Telling()), 10, System::nanoTime);
        events.started(job);
        events.start();
        events.givenBack(job);
        events.stop();
        events.started(job);
        events.start();
        events.givenBack(job);
        events.stop();
        assertThat(told).containsExactly("given back 7", "given back 7");
    }

    @Test
    void withoutListenersThereIsNoThread() throws Exception {
        ListenerEvents events = started(10);
        events.started(job);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("pgjobq-listeners"));
        events.stop();
    }

    private static ListenerEvents started(int capacity, JobListener... listeners) {
        ListenerEvents events = new ListenerEvents(List.of(listeners), capacity, System::nanoTime);
        events.start();
        return events;
    }
}
