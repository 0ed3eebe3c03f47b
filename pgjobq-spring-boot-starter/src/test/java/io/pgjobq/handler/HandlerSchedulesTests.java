package io.pgjobq.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import io.pgjobq.Handler;
import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobSchedule;
import io.pgjobq.Missed;
import io.pgjobq.Overlap;
import io.pgjobq.Schedule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;

/** The schedules of handlers. */
class HandlerSchedulesTests {

    record Report(String name) {}

    static class NightlyWork {

        @JobHandler("nightly")
        @JobSchedule(cron = "${nightly.cron}", zone = "Europe/Paris", missed = Missed.ALL, catchUp = 3)
        void closeDay(JobContext job) {}

        @JobHandler("nightly")
        @JobSchedule(name = "sweep", every = "10m", overlap = Overlap.SKIP, priority = 7)
        void sweep() {}

        @JobHandler("reports")
        @JobSchedule(name = "morning", cron = "0 0 6 * * *", payload = "{\"name\": \"morning\"}")
        @JobSchedule(name = "evening", cron = "0 0 18 * * *", payload = "{\"name\": \"evening\"}")
        @JobSchedule(name = "never", cron = "-")
        void report(Report report) {}
    }

    private static ScannedHandlers scan(Class<?> type) {
        return ScannedHandlers.with(context -> {
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("test", Map.of("nightly.cron", "0 30 2 * * *")));
            context.register(type);
        });
    }

    @Test
    void annotationsSayWhatIsSentAndWhen() {
        try (ScannedHandlers scanned = scan(NightlyWork.class)) {
            assertThat(scanned.schedules())
                    .containsExactlyInAnyOrder(
                            Schedule.of("nightly-work-close-day", "nightly")
                                    .cron("0 30 2 * * *", "Europe/Paris")
                                    .type("nightly-work-close-day")
                                    .catchUp(3)
                                    .build(),
                            Schedule.of("sweep", "nightly")
                                    .every(Duration.ofMinutes(10))
                                    .type("sweep")
                                    .overlap(Overlap.SKIP)
                                    .priority(7)
                                    .build(),
                            Schedule.of("morning", "reports")
                                    .cron("0 0 6 * * *")
                                    .type("Report")
                                    .payload("{\"name\": \"morning\"}")
                                    .build(),
                            Schedule.of("evening", "reports")
                                    .cron("0 0 18 * * *")
                                    .type("Report")
                                    .payload("{\"name\": \"evening\"}")
                                    .build());
            assertThat(scanned.schedules()).extracting(Schedule::zone).contains(ZoneId.of("Europe/Paris"));
        }
    }

    @Test
    void handlersWithoutAPayloadAreToldApartByTheirSchedules() throws Throwable {
        try (ScannedHandlers scanned = scan(NightlyWork.class)) {
            assertThat(scanned.byQueue().get("nightly"))
                    .extracting(Handler::types)
                    .extracting(types -> types.iterator().next())
                    .containsExactlyInAnyOrder("nightly-work-close-day", "sweep");
            for (Handler handler : scanned.byQueue().get("nightly")) {
                handler.invocation().invoke("null".getBytes(StandardCharsets.UTF_8), mock(JobContext.class));
            }
        }
    }

    static class Neither {

        @JobHandler("q")
        @JobSchedule
        void work() {}
    }

    static class Both {

        @JobHandler("q")
        @JobSchedule(cron = "0 0 0 * * *", every = "1h")
        void work() {}
    }

    static class BadCron {

        @JobHandler("q")
        @JobSchedule(cron = "at night")
        void work() {}
    }

    static class BadZone {

        @JobHandler("q")
        @JobSchedule(cron = "0 0 0 * * *", zone = "Paris")
        void work() {}
    }

    static class BadRate {

        @JobHandler("q")
        @JobSchedule(every = "10")
        void work() {}
    }

    @Test
    void whatMakesNoSenseFailsTheStartInOneSentence() {
        refuses(Neither.class, " has a @JobSchedule with neither cron nor every.");
        refuses(Both.class, " has a @JobSchedule with both cron and every.");
        refuses(
                BadCron.class,
                " can't be scheduled so: cron must be a cron expression of six fields, from second to day of the week,"
                        + " but is 'at night'.");
        refuses(
                BadZone.class,
                " can't be scheduled so: zone must be a time zone such as Europe/Paris, but is 'Paris'.");
        refuses(
                BadRate.class,
                " can't be scheduled so: every must be from 1 second to 365 days, in milliseconds, but is");
    }

    private static void refuses(Class<?> type, String message) {
        assertThatThrownBy(() -> scan(type).close()).satisfies(thrown -> {
            Throwable cause = thrown;
            while (cause != null && !(cause instanceof InvalidJobHandlerException)) {
                cause = cause.getCause();
            }
            assertThat(cause).isNotNull();
            assertThat(cause.getMessage()).startsWith(type.getName() + ".work()" + message);
        });
    }
}
