package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobSchedule;
import io.pgjobq.JobSchedules;
import io.pgjobq.Schedule;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Annotations and properties say when handlers are called again and again. */
@PostgresTest
class ScheduledHandlersIntegrationTests {

    private final TestDatabase database;

    ScheduledHandlersIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    record Report(String name) {}

    static class Handlers {

        final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

        @JobHandler("nightly")
        @JobSchedule(name = "tidy", every = "1s")
        void tidy(JobContext job) {
            calls.add(job.scheduled().orElseThrow().schedule());
        }

        @JobHandler("nightly")
        @JobSchedule(name = "close", cron = "0 0 2 * * *", zone = "Europe/Paris")
        void close() {}

        @JobHandler("reports")
        void report(Report report) {
            calls.add(report.name());
        }
    }

    private ApplicationContextRunner application() {
        return Applications.on(database, "schedules").withBean(Handlers.class);
    }

    @Test
    void handlersAreCalledWhenAnnotationsAndPropertiesSay() {
        application()
                .withPropertyValues(
                        "pgjobq.schedules.close.cron=0 30 3 * * *",
                        "pgjobq.schedules.hourly-report.queue=reports",
                        "pgjobq.schedules.hourly-report.every=1s",
                        "pgjobq.schedules.hourly-report.type=Report",
                        "pgjobq.schedules.hourly-report.payload={\"name\":\"the report\"}")
                .run(context -> {
                    BlockingQueue<String> calls = context.getBean(Handlers.class).calls;
                    String first = calls.poll(20, TimeUnit.SECONDS);
                    String other = first;
                    while (first != null && first.equals(other)) {
                        other = calls.poll(20, TimeUnit.SECONDS);
                    }
                    assertThat(first).isIn("tidy", "the report");
                    assertThat(other).isIn("tidy", "the report");
                    JobSchedules schedules = context.getBean(JobSchedules.class);
                    assertThat(schedules.find("close").orElseThrow().schedule())
                            .isEqualTo(Schedule.of("close", "nightly")
                                    .cron("0 30 3 * * *", "Europe/Paris")
                                    .type("close")
                                    .build());
                    assertThat(schedules.list()).hasSize(3).allMatch(schedule -> schedule.declared());
                });
        application()
                .withPropertyValues("pgjobq.schedules.tidy.enabled=false", "pgjobq.schedules.close.every=2h")
                .run(context -> {
                    JobSchedules schedules = context.getBean(JobSchedules.class);
                    await().until(() -> Duration.ofHours(2)
                            .equals(schedules
                                    .find("close")
                                    .orElseThrow()
                                    .schedule()
                                    .every()));
                    assertThat(schedules.find("tidy").orElseThrow().declared()).isFalse();
                    assertThat(schedules.find("hourly-report").orElseThrow().declared())
                            .isFalse();
                });
    }

    @Test
    void aScheduleThatCallsNobodyFailsTheStart() {
        application()
                .withPropertyValues("pgjobq.schedules.lost.every=1s")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasMessage(
                                "pgjobq.schedules.lost.queue is not set, and there is no @JobSchedule named 'lost'."));
        application()
                .withPropertyValues("pgjobq.schedules.lost.every=1s", "pgjobq.schedules.lost.queue=nowhere")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasMessage("pgjobq.schedules.lost.queue is 'nowhere', for which there is neither a handler nor"
                                + " pgjobq.queues.nowhere here."));
        application()
                .withPropertyValues("pgjobq.schedules.tidy.cron=nightly")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("pgjobq.schedules.tidy.cron must be a cron expression of six fields"));
    }
}
