package io.pgjobq.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.Handler;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobSchedules;
import io.pgjobq.JobSender;
import io.pgjobq.PgJobQ;
import io.pgjobq.SentJob;
import io.pgjobq.WorkerContainer;
import io.pgjobq.autoconfigure.PgJobqAutoConfiguration;
import io.pgjobq.readme.ReadmeSnippets.Emails;
import io.pgjobq.readme.ReadmeSnippets.Nightly;
import io.pgjobq.readme.ReadmeSnippets.Receipt;
import io.pgjobq.readme.ReadmeSnippets.SignUp;
import io.pgjobq.readme.ReadmeSnippets.WelcomeEmail;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

@PostgresTest
class ReadmeIntegrationTests {

    private static final Path README = Path.of("..", "README.md");

    private final TestDatabase database;

    ReadmeIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @Test
    void everyLineOfJavaIsCompiled() throws IOException {
        String source = squeeze(
                Files.readString(Path.of("src", "test", "java", "io", "pgjobq", "readme", "ReadmeSnippets.java")));
        for (String block : blocks("java")) {
            String code = block.replaceAll(" //.*", "").replace("class ", "static class ");
            for (String paragraph : code.split("\n\n")) {
                assertThat(source).contains(squeeze(paragraph));
            }
        }
    }

    @Test
    void everyLineOfKotlinIsCompiled() throws IOException {
        String source = squeeze(
                Files.readString(Path.of("src", "test", "kotlin", "io", "pgjobq", "readme", "ReadmeSnippets.kt")));
        assertThat(blocks("kotlin"))
                .isNotEmpty()
                .allSatisfy(block -> assertThat(source).contains(squeeze(block.replaceAll(" //.*", ""))));
    }

    @Test
    void theApplicationRunsWithTheYaml() {
        database.execute("create table person (name text, email text)");
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class,
                        JdbcClientAutoConfiguration.class,
                        PgJobqAutoConfiguration.class))
                .withBean(Emails.class)
                .withBean(SignUp.class)
                .withBean(Nightly.class)
                .withPropertyValues(
                        "spring.datasource.url=" + database.jdbcUrl(),
                        "spring.datasource.username=" + database.username(),
                        "spring.datasource.password=" + database.password())
                .withInitializer(
                        context -> yaml().forEach(context.getEnvironment().getPropertySources()::addLast))
                .run(context -> {
                    context.getBean(SignUp.class).register("Ada", "ada@example.org");
                    assertThat(database.queryOne("select name from person", String.class))
                            .isEqualTo("Ada");
                    assertThat(context.getBean("pgjobq.worker.emails", WorkerContainer.class)
                                    .concurrency())
                            .isEqualTo(50);
                    Queue<JobOutcome<Receipt>> outcomes = ReadmeSnippets.queue();
                    SentJob<Receipt> sent = ReadmeSnippets.more(
                            context.getBean(JobSender.class),
                            new WelcomeEmail("eve@example.org", "Eve"),
                            List.of(new WelcomeEmail("a@example.org", "A"), new WelcomeEmail("b@example.org", "B")),
                            outcomes);
                    assertThat(sent.completion().get(20, TimeUnit.SECONDS).resultOrThrow())
                            .isEqualTo(new Receipt("eve@example.org #1"));
                    await().until(() -> outcomes.size() == 1);
                    await().until(() -> finished() == 4);
                    context.getBean(JobSchedules.class).runNow("nightly-forget");
                    await().until(() -> finished() == 5);
                });
    }

    @Test
    void theEngineRunsWithoutBoot() throws Exception {
        CountDownLatch run = new CountDownLatch(1);
        Handler handler = new Handler("e-mails", WelcomeEmail.class, Set.of("WelcomeEmail"), null, (email, job) -> {
            run.countDown();
            return null;
        });
        try (PgJobQ pgJobQ = ReadmeSnippets.withoutBoot(database.dataSource(), handler)) {
            assertThat(run.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(pgJobQ.isRunning()).isTrue();
        }
    }

    @Test
    void theSqlIsAccepted() throws IOException {
        try (PgJobQ pgJobQ = PgJobQ.builder(database.dataSource()).build()) {
            pgJobQ.start();
            pgJobQ.queues().create("emails");
            String sql = blocks("sql").get(0).replace(";", "");

            Long id = database.queryOne(sql, Long.class);

            assertThat(database.queryOne("select type from pgjobq.job where id = ?", String.class, id))
                    .isEqualTo("WelcomeEmail");
            assertThat(database.queryOne(
                            "select pgjobq.send_quietly('emails', '{}', delay => interval '5 minutes', priority => 2,"
                                    + " attributes => '{\"tenant\": \"acme\"}')",
                            Long.class))
                    .isNotNull();
            pgJobQ.queues().deleteWithJobs("emails");
        }
    }

    private long finished() {
        Long count =
                database.queryOne("select count(*) from pgjobq.finished_job where state = 'succeeded'", Long.class);
        return count == null ? 0 : count;
    }

    private static List<PropertySource<?>> yaml() {
        try {
            byte[] yaml = blocks("yaml").get(0).getBytes(StandardCharsets.UTF_8);
            return new YamlPropertySourceLoader().load("readme", new ByteArrayResource(yaml));
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher matcher =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
        return matcher.results().map(result -> result.group(1)).toList();
    }

    private static String squeeze(String code) {
        return code.replaceAll("\\s+", "");
    }
}
