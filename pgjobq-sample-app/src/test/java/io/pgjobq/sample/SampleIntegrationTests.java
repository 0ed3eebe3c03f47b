package io.pgjobq.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JobSchedules;
import io.pgjobq.sample.signup.KnownFaults;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.JsonNode;

/** Both scenarios from outside: what is posted, what the page is told, and what there is in the end. */
@PostgresTest
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"sample.delivery-time=400ms", "pgjobq.queues.emails.retry.delay=1s"})
@Import(KnownFaults.class)
@AlsoOnOtherJdks
class SampleIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String HEADER = "order_number,ordered_on,customer,email,product,quantity,unit_price\n";

    @TempDir
    static Path outbox;

    static TestDatabase database;

    @LocalServerPort
    int port;

    @Autowired
    JobSchedules schedules;

    RestTestClient http;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        registry.add("spring.datasource.url", database::jdbcUrl);
        registry.add("spring.datasource.username", database::username);
        registry.add("spring.datasource.password", database::password);
        registry.add("sample.outbox-directory", () -> outbox);
        registry.add("sample.export-directory", () -> outbox.resolve("exports"));
    }

    @BeforeEach
    void connect() {
        http = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
    }

    @Test
    void signUpIsShownOnItsWayThroughAFailureToItsEnd() throws Exception {
        try (EventStream events = new EventStream(port)) {
            tell("emails", "pause"); // so that the first state stays long enough to be seen
            long id = signUp("Ada Lovelace", "flaky.ada@example.org");
            await().atMost(PATIENCE).until(() -> states(events, id).contains("SENT"));
            tell("emails", "resume");
            await().atMost(PATIENCE).until(() -> states(events, id).contains("DONE"));

            assertThat(states(events, id)).containsSubsequence("SENT", "RUNNING", "RETRYING", "DONE");
            JsonNode end = signUps(events, id).get(signUps(events, id).size() - 1);
            assertThat(end.at("/attempts/0/error").asString()).startsWith("421");
            assertThat(end.at("/attempts/1/node").asString()).startsWith("node-");
            assertThat(Files.readString(outbox.resolve(end.get("mailFile").asString())))
                    .contains("To: Ada Lovelace <flaky.ada@example.org>", "at attempt 2.");
            http.get()
                    .uri("/api/sign-ups/{id}/mail", id)
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody(String.class)
                    .value(mail -> assertThat(mail).contains("Subject: Welcome, Ada Lovelace!"));
        }
    }

    @Test
    void refusedAddressIsDeadAtOnce() throws Exception {
        try (EventStream events = new EventStream(port)) {
            long id = signUp("No Body", "bounce@example.org");

            await().atMost(PATIENCE).until(() -> states(events, id).contains("DEAD"));

            JsonNode end = signUps(events, id).get(signUps(events, id).size() - 1);
            assertThat(end.get("attempts")).hasSize(1);
            assertThat(end.get("error").asString()).isEqualTo("550 no such mailbox: bounce@example.org");
        }
    }

    @Test
    void browserThatComesLaterSeesWhatWasBefore() throws Exception {
        long id = signUp("Grace Hopper", "grace@example.org");
        await().atMost(PATIENCE)
                .until(() -> Files.list(outbox)
                        .anyMatch(file -> file.getFileName().toString().equals("welcome-%06d.eml".formatted(id))));

        try (EventStream events = new EventStream(port)) {
            await().atMost(PATIENCE).until(() -> states(events, id).contains("DONE"));
        }
    }

    @Test
    void invalidSignUpIsRefused() {
        http.post()
                .uri("/api/sign-ups")
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("name", " ", "email", "nonsense"))
                .exchange()
                .expectStatus()
                .isBadRequest();
        assertThat(database.queryOne("select count(*) from sign_up where email = 'nonsense'", Integer.class))
                .isZero();
    }

    @Test
    void importEndsWithABrokenRestThatIsRepairedAndCorrected() throws Exception {
        try (EventStream events = new EventStream(port)) {
            long id = http.post()
                    .uri("/api/imports/sample")
                    .exchange()
                    .expectStatus()
                    .isCreated()
                    .expectBody(JsonNode.class)
                    .returnResult()
                    .getResponseBody()
                    .get("id")
                    .asLong();
            awaitImport(events, id, 5000 - 64, 64);
            assertThat(rows(id)).isEqualTo(5000 - 64);

            http.post()
                    .uri("/api/imports/broken-lines/redrive")
                    .exchange()
                    .expectStatus()
                    .isOk();
            awaitImport(events, id, 5000 - 10, 10);

            JsonNode broken = events.latest("broken-lines").get(0);
            correct(broken, "SO-1,still wrong").expectStatus().isNoContent();
            await().atMost(PATIENCE)
                    .until(() -> events.latest("broken-lines").toString().contains("SO-1,still wrong"));
            correct(broken, "SO-123456,2026-11-22,Ada Baker,ada@example.org,Rake,3,29.90")
                    .expectStatus()
                    .isNoContent();
            awaitImport(events, id, 5000 - 9, 9);
            assertThat(rows(id)).isEqualTo(5000 - 9);
        }
    }

    @Test
    void ownFileIsImportedAndOneWithOtherColumnsRefused() throws Exception {
        try (EventStream events = new EventStream(port)) {
            String line = "SO-%06d,2026-11-22,Ada Baker,ada@example.org,Rake,3,29.90\n";
            upload("mine.csv", HEADER + line.formatted(1) + "\n" + line.formatted(2))
                    .expectStatus()
                    .isCreated();
            await().atMost(PATIENCE).until(() -> {
                JsonNode latest = events.latest("import");
                return latest.path("fileName").asString("").equals("mine.csv")
                        && latest.path("done").asInt() == 2;
            });

            upload("other.csv", "a,b,c\n1,2,3\n").expectStatus().isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        }
    }

    @Test
    void queueIsPausedAndResumedHere() throws Exception {
        try (EventStream events = new EventStream(port)) {
            tell("emails", "pause");
            long id = signUp("Alan Turing", "alan@example.org");
            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonNode emails = events.latest("queues").at("/queues/0");
                assertThat(emails.at("/container/paused").asBoolean()).isTrue();
                assertThat(emails.path("ready").asInt()).isEqualTo(1);
                assertThat(states(events, id)).containsExactly("SENT");
            });

            tell("emails", "resume");
            await().atMost(PATIENCE).until(() -> states(events, id).contains("DONE"));
        }
    }

    @Test
    void unknownQueueIsRefused() {
        http.post()
                .uri("/api/queues/unheard-of/pause")
                .exchange()
                .expectStatus()
                .isNotFound();
    }

    private void tell(String queue, String what) {
        http.post()
                .uri("/api/queues/{queue}/{what}", queue, what)
                .exchange()
                .expectStatus()
                .isNoContent();
    }

    @Test
    void oldImportsAreForgottenAtNightOrWhenSomebodyAsksForIt() {
        assertThat(schedules.find("old-imports")).hasValueSatisfying(schedule -> {
            assertThat(schedule.schedule().cron()).isEqualTo("0 30 3 * * *");
            assertThat(schedule.declared()).isTrue();
        });
        database.execute("insert into csv_import (file_name, lines, started_at)"
                + " values ('old.csv', 1, now() - interval '31 days'), ('newer.csv', 1, now() - interval '29 days')");
        schedules.runNow("old-imports");
        await().atMost(PATIENCE)
                .until(() -> database.queryOne(
                                "select string_agg(file_name, ' ') from csv_import where file_name like '%old%'"
                                        + " or file_name like 'newer%'",
                                String.class)
                        .equals("newer.csv"));
    }

    @Test
    void exportTellsHowFarItIsAndIsTheOnlyOneAndEndsInAFile() throws Exception {
        try (EventStream events = new EventStream(port)) {
            addOrders(1_500);
            JsonNode first = startExport();
            JsonNode second = startExport();
            assertThat(first.get("started").asBoolean()).isTrue();
            assertThat(second.get("started").asBoolean()).isFalse();
            assertThat(second.get("jobId")).isEqualTo(first.get("jobId"));

            long id = first.get("jobId").asLong();
            await().atMost(PATIENCE).until(() -> exportIs(events, id, "SUCCEEDED"));
            assertThat(events.all("export").stream()
                            .filter(export -> export.get("jobId").asLong() == id)
                            .anyMatch(export -> export.get("done").asLong() > 0
                                    && export.get("done").asLong()
                                            < export.get("total").asLong()))
                    .isTrue();
            String file = http.get()
                    .uri("/api/exports/{id}/file", id)
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody(String.class)
                    .returnResult()
                    .getResponseBody();
            assertThat(file.lines())
                    .hasSize(1 + database.queryOne("select count(*) from customer_order", Integer.class))
                    .contains("EX-001500,2026-11-22,\"Baker, Ada\",Rake,3,29.90");
        }
    }

    @Test
    void exportIsCancelledWhileItRunsAndLeavesNoFile() throws Exception {
        try (EventStream events = new EventStream(port)) {
            addOrders(3_000);
            long id = startExport().get("jobId").asLong();
            await().atMost(PATIENCE).until(() -> exportIs(events, id, "RUNNING"));

            http.delete().uri("/api/exports/{id}", id).exchange().expectStatus().isOk();

            await().atMost(PATIENCE).until(() -> exportIs(events, id, "CANCELLED"));
            http.get()
                    .uri("/api/exports/{id}/file", id)
                    .exchange()
                    .expectStatus()
                    .isNotFound();
            assertThat(Files.list(outbox.resolve("exports")).map(Path::toString))
                    .noneMatch(name -> name.endsWith(".tmp"));
        }
    }

    /** Those of one import, after what other tests have left. */
    private static void addOrders(int count) {
        database.execute("with added as (insert into csv_import (file_name, lines) values ('export.csv', " + count
                + ") returning id) insert into customer_order (csv_import_id, line_number, order_number, ordered_on,"
                + " customer, email, product, quantity, unit_price, node) select added.id, n, 'EX-' || lpad(n::text, 6, '0'),"
                + " date '2026-11-22', 'Baker, Ada', 'ada@example.org', 'Rake', 3, 29.90, 'node-0'"
                + " from added, generate_series(1, " + count + ") as n");
    }

    private JsonNode startExport() {
        return http.post()
                .uri("/api/exports")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody();
    }

    private static boolean exportIs(EventStream events, long id, String state) {
        return events.all("export").stream()
                .anyMatch(export -> export.get("jobId").asLong() == id
                        && export.get("state").asString().equals(state));
    }

    private long signUp(String name, String email) {
        return http.post()
                .uri("/api/sign-ups")
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("name", name, "email", email))
                .exchange()
                .expectStatus()
                .isCreated()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody()
                .get("id")
                .asLong();
    }

    private RestTestClient.ResponseSpec upload(String fileName, String content) {
        return http.post()
                .uri("/api/imports?fileName={name}", fileName)
                .contentType(MediaType.parseMediaType("text/csv"))
                .body(content)
                .exchange();
    }

    private RestTestClient.ResponseSpec correct(JsonNode broken, String text) {
        return http.put()
                .uri("/api/imports/broken-lines/{job}", broken.get("jobId").asLong())
                .contentType(MediaType.TEXT_PLAIN)
                .body(text)
                .exchange();
    }

    private static void awaitImport(EventStream events, long id, int done, int dead) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode latest = events.latest("import");
            assertThat(List.of(
                            latest.path("id").asLong(),
                            latest.path("done").asLong(),
                            latest.path("dead").asLong()))
                    .containsExactly(id, (long) done, (long) dead);
        });
    }

    private static int rows(long importId) {
        return database.queryOne(
                "select count(*) from customer_order where csv_import_id = ?", Integer.class, importId);
    }

    private static List<JsonNode> signUps(EventStream events, long id) {
        return events.all("sign-up").stream()
                .filter(signUp -> signUp.get("id").asLong() == id)
                .toList();
    }

    private static List<String> states(EventStream events, long id) {
        return signUps(events, id).stream()
                .map(signUp -> signUp.get("state").asString())
                .toList();
    }
}
