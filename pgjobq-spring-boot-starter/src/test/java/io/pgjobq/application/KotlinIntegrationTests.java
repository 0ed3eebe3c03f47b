package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobOutcome;
import io.pgjobq.JobSender;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Suspending functions and data classes of Kotlin. */
@PostgresTest
@AlsoOnOtherJdks
class KotlinIntegrationTests {

    private static TestDatabase database;

    private static ApplicationContextRunner orders(String schema) {
        return Applications.on(database, schema).withBean(KotlinOrders.class);
    }

    @Test
    void aDataClassIsSentAndAnotherOneComesBack() {
        orders("data_classes").run(context -> {
            SentJob<Confirmation> sent = context.getBean(KotlinOrders.class).order("ada");
            assertThat(outcome(sent).resultOrThrow()).isEqualTo(new Confirmation("ada", 3, null, 1));
        });
    }

    /** By the module of Jackson for Kotlin, which Boot takes from the class path. */
    @Test
    void whatAPayloadLeavesOutTakesItsDefaultAndWhatItHasTooMuchIsIgnored() {
        orders("defaults").run(context -> {
            SentJob<Confirmation> sent = sendJson(
                    context.getBean(JobSender.class),
                    "{\"customer\":\"ada\",\"items\":[{\"name\":\"tea\"}],\"later\":{\"x\":1}}");
            assertThat(outcome(sent).resultOrThrow()).isEqualTo(new Confirmation("ada", 1, null, 1));
        });
    }

    @Test
    void aPayloadThatLeavesOutWhatMustNotBeNullIsRefused() {
        orders("refused").run(context -> {
            SentJob<Confirmation> sent = sendJson(context.getBean(JobSender.class), "{\"items\":[]}");
            assertThat(outcome(sent)).isInstanceOfSatisfying(JobOutcome.Dead.class, dead -> {
                assertThat(dead.attempts()).isEqualTo(1);
                assertThat(dead.error().type()).isEqualTo(PayloadConversionException.class.getName());
            });
        });
    }

    @Test
    void aFunctionWithoutResultEndsWhenItsWorkHasEnded() {
        orders("without_result").run(context -> {
            SentJob<Void> sent = context.getBean(JobSender.class)
                    .to("notes")
                    .send(new Order("ada", List.of(), "please"), Void.class);
            assertThat(outcome(sent).resultOrThrow()).isNull();
            assertThat(context.getBean(KotlinOrders.class).getNoted()).containsExactly("ada");
            assertThat(database.queryOne(
                            "select result is null from without_result.finished_job where id = ?",
                            Boolean.class,
                            sent.id()))
                    .isTrue();
        });
    }

    @Test
    void aSuspendingFunctionMaySend() {
        orders("forwarded").run(context -> {
            SentJob<Long> sent =
                    context.getBean(JobSender.class).to("forward").send(new Order("ada", List.of(), null), Long.class);
            assertThat(outcome(sent).resultOrThrow()).isGreaterThan(sent.id());
        });
    }

    private static SentJob<Confirmation> sendJson(JobSender jobs, String json) {
        return jobs.to("orders").type("Order").send(json.getBytes(StandardCharsets.UTF_8), Confirmation.class);
    }

    private static <R> JobOutcome<R> outcome(SentJob<R> sent) throws Exception {
        return sent.completion().get(30, TimeUnit.SECONDS);
    }
}
