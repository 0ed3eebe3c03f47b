package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobQueues;
import io.pgjobq.JobSender;
import io.pgjobq.JobType;
import io.pgjobq.PayloadConverter;
import io.pgjobq.SentJob;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Lazy;

@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
@AlsoOnOtherJdks
class HandlersIntegrationTests {

    private static TestDatabase database;

    record Email(String to) {}

    record Receipt(String from, int attempt, String thread) {}

    @JobType(value = "letter", aliases = "epistle")
    record Letter(List<String> lines) {}

    /** Handles and sends, which is a circle if handlers are looked up too early. */
    static class Post {

        private final JobSender jobs;

        Post(JobSender jobs) {
            this.jobs = jobs;
        }

        @JobHandler("post")
        private Receipt email(JobContext job, Email email) {
            return new Receipt(email.to(), job.attempt(), String.valueOf(Thread.currentThread()));
        }

        @JobHandler("post")
        int letter(Letter letter) {
            return letter.lines().size();
        }

        @JobHandler("post")
        byte[] rest(byte[] raw, JobContext job) {
            return (job.type() + new String(raw, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        }

        @JobHandler("forward")
        long forward(Email email) {
            return jobs.to("post").send(email, Receipt.class).id();
        }
    }

    @Lazy
    static class LazyPost extends Post {

        LazyPost(JobSender jobs) {
            super(jobs);
        }
    }

    private static ApplicationContextRunner post(String schema) {
        return Applications.on(database, schema).withBean(Post.class);
    }

    @Test
    void aJobIsConvertedHandledAndItsResultIsGiven() {
        post("handled").run(context -> {
            Receipt receipt = result(send(context, new Email("ada"), Receipt.class));
            assertThat(receipt.from()).isEqualTo("ada");
            assertThat(receipt.attempt()).isEqualTo(1);
        });
    }

    @Test
    void handlersOfAQueueAreToldApartByType() {
        post("types").run(context -> {
            assertThat(result(send(context, new Letter(List.of("dear", "yours")), Integer.class)))
                    .isEqualTo(2);
            SentJob<Integer> renamed =
                    sender(context).to("post").type("epistle").send(new Letter(List.of("dear")), Integer.class);
            assertThat(result(renamed)).isEqualTo(1);
            SentJob<byte[]> raw =
                    sender(context).to("post").type("odd").send("!".getBytes(StandardCharsets.UTF_8), byte[].class);
            assertThat(result(raw)).asString(StandardCharsets.UTF_8).isEqualTo("odd!");
        });
    }

    @Test
    void aHandlerMaySend() {
        post("forwarded").run(context -> {
            SentJob<Long> sent = sender(context).to("forward").send(new Email("ada"), Long.class);
            assertThat(result(sent)).isGreaterThan(sent.id());
        });
    }

    @Test
    void aLazyBeanHandlesLikeAnyOther() {
        Applications.on(database, "lazy")
                .withBean(LazyPost.class)
                .run(context -> assertThat(result(send(context, new Email("ada"), Receipt.class))
                                .from())
                        .isEqualTo("ada"));
    }

    @Test
    void anApplicationThatIsLazyAsAWholeHandlesJobs() {
        post("lazy_whole")
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    assertThat(context.getSourceApplicationContext()
                                    .getBeanFactory()
                                    .getSingletonNames())
                            .contains(context.getBeanNamesForType(Post.class));
                    assertThat(result(send(context, new Email("ada"), Receipt.class))
                                    .from())
                            .isEqualTo("ada");
                });
    }

    @Test
    void eachQueueHasAContainerBeanWithItsOptions() {
        post("containers")
                .withPropertyValues(
                        "pgjobq.defaults.concurrency=3",
                        "pgjobq.queues.forward.concurrency=1",
                        "pgjobq.queues.forward.auto-startup=false")
                .run(context -> {
                    WorkerContainer post = context.getBean("pgjobq.worker.post", WorkerContainer.class);
                    WorkerContainer forward = context.getBean("pgjobq.worker.forward", WorkerContainer.class);
                    assertThat(post.queue()).isEqualTo("post");
                    assertThat(post.isRunning()).isTrue();
                    assertThat(post.concurrency()).isEqualTo(3);
                    assertThat(forward.isRunning()).isFalse();
                    assertThat(forward.concurrency()).isEqualTo(1);
                    SentJob<Long> sent = sender(context).to("forward").send(new Email("ada"), Long.class);
                    forward.start();
                    assertThat(result(sent)).isPositive();
                });
    }

    @Test
    void anApplicationThatOnlySendsLeavesJobsToOnesThatWork(CapturedOutput output) {
        post("apart").withPropertyValues("pgjobq.worker.enabled=false").run(sending -> {
            assertThat(sending).doesNotHaveBean(WorkerContainer.class);
            assertThat(output).containsOnlyOnce("the handlers of forward, post are not called");
            SentJob<Receipt> sent = send(sending, new Email("ada"), Receipt.class);
            post("apart").run(working -> assertThat(result(sent).from()).isEqualTo("ada"));
        });
    }

    @Test
    void aQueueIsThereIfOnlyPropertiesNameIt() {
        Applications.on(database, "declared")
                .withPropertyValues("pgjobq.queues.reports.max-attempts=2")
                .run(context ->
                        assertThat(context.getBean(JobQueues.class).names()).containsExactly("reports"));
    }

    @Test
    void pollingAloneIsEnough() {
        post("polled")
                .withPropertyValues("pgjobq.notify.enabled=false", "pgjobq.poll-interval=50ms")
                .run(context -> assertThat(result(send(context, new Email("ada"), Receipt.class))
                                .from())
                        .isEqualTo("ada"));
    }

    @Test
    void aListeningConnectionOfItsOwnIsUsed() {
        post("listening")
                .withPropertyValues(
                        "pgjobq.poll-interval=1h",
                        "pgjobq.notify.enabled=true",
                        "pgjobq.notify.url=" + database.directUrl() + "?ApplicationName=listening-here",
                        "pgjobq.notify.username=" + database.username(),
                        "pgjobq.notify.password=" + database.password())
                .run(context -> {
                    assertThat(result(send(context, new Email("ada"), Receipt.class))
                                    .from())
                            .isEqualTo("ada");
                    assertThat(database.queryOne(
                                    "select count(*) from pg_stat_activity where application_name = 'listening-here'",
                                    Integer.class))
                            .isEqualTo(1);
                });
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void jobsRunOnVirtualThreadsWhereTheApplicationDoes() {
        post("virtual_threads")
                .withPropertyValues("spring.threads.virtual.enabled=true")
                .run(context -> assertThat(result(send(context, new Email("ada"), Receipt.class))
                                .thread())
                        .startsWith("VirtualThread"));
    }

    static class UpperCaseConverter implements PayloadConverter {

        @Override
        public byte[] write(Object value) {
            return value.toString().toUpperCase(java.util.Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Object read(byte[] bytes, Type type) {
            return Map.of("type", type.getTypeName(), "text", new String(bytes, StandardCharsets.UTF_8))
                    .get("text");
        }
    }

    static class Texts {

        @JobHandler("texts")
        String handle(String text) {
            return text + "?";
        }
    }

    @Test
    void theApplicationsConverterIsUsed() {
        Applications.on(database, "converted")
                .withBean(Texts.class)
                .withBean(UpperCaseConverter.class)
                .run(context -> assertThat(result(sender(context).to("texts").send("loud", String.class)))
                        .isEqualTo("LOUD?"));
    }

    private static JobSender sender(ApplicationContext context) {
        return context.getBean(JobSender.class);
    }

    private static <R> SentJob<R> send(ApplicationContext context, Object payload, Class<R> resultType) {
        return sender(context).to("post").send(payload, resultType);
    }

    private static <R> R result(SentJob<R> sent) throws Exception {
        JobOutcome<R> outcome = sent.completion(Duration.ofSeconds(30)).get(40, TimeUnit.SECONDS);
        return outcome.resultOrThrow();
    }
}
