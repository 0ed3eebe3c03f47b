package io.pgjobq.internal.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobContext;
import io.pgjobq.NodeMonitor;
import io.pgjobq.internal.support.ServerClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MonitorEventsTests {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final List<String> told = new ArrayList<>();
    private final JobContext job = (JobContext) Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {JobContext.class},
            (proxy, method, args) -> switch (method.getName()) {
                case "sentAt" -> NOON.minusSeconds(60);
                case "readyAt" -> NOON.minusSeconds(10);
                case "queue" -> "emails";
                default -> 7L;
            });

    private final ServerClock clock = new ServerClock(() -> 0);

    MonitorEventsTests() {
        clock.learn(NOON, Duration.ZERO);
    }

    private final class Telling implements NodeMonitor {

        @Override
        public void started(JobContext started, Duration waited) {
            told.add("started " + started.id() + " after " + waited);
        }

        @Override
        public void succeeded(JobContext succeeded, Duration ran, Duration age) {
            told.add("succeeded " + succeeded.id() + " in " + ran + ", " + age);
        }

        @Override
        public void givenBack(String queue, int jobs) {
            told.add("given back " + jobs + " of " + queue);
        }

        @Override
        public void paused(String queue) {
            told.add("paused " + queue);
        }

        @Override
        public void resumed(String queue) {
            told.add("resumed " + queue);
        }
    }

    @Test
    void waitingAndAgeAreMeasuredByTheServersClock() {
        MonitorEvents events = started(new Telling());
        events.started(job);
        events.succeeded(job, 1_500);
        assertThat(told).containsExactly("started 7 after PT10S", "succeeded 7 in PT0.0015S, PT1M");
    }

    @Test
    void whatIsGivenBackAndPausedIsToldByTheNameOfTheQueue() {
        MonitorEvents events = started(new Telling());
        events.givenBack(job);
        events.returned("emails", 0);
        events.returned("emails", 3);
        events.paused("emails", true);
        events.paused("emails", false);
        assertThat(told)
                .containsExactly("given back 1 of emails", "given back 3 of emails", "paused emails", "resumed emails");
    }

    @Test
    void aMonitorThatThrowsHarmsNobody() {
        NodeMonitor failing = new NodeMonitor() {
            @Override
            public void started(JobContext started, Duration waited) {
                throw new AssertionError("of the monitor");
            }
        };
        started(failing, new Telling()).started(job);
        assertThat(told).containsExactly("started 7 after PT10S");
    }

    @Test
    void nothingIsToldBeforeTheStartAndAfterTheStop() {
        MonitorEvents events = new MonitorEvents(List.of(new Telling()), clock);
        events.started(job);
        events.start();
        events.stop();
        events.started(job);
        assertThat(told).isEmpty();
    }

    private MonitorEvents started(NodeMonitor... monitors) {
        MonitorEvents events = new MonitorEvents(List.of(monitors), clock);
        events.start();
        return events;
    }
}
