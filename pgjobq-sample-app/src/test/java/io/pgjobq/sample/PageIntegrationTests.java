package io.pgjobq.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.sample.signup.KnownFaults;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.FluentWait;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The page in a real browser. */
@PostgresTest
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"sample.delivery-time=50ms", "pgjobq.queues.emails.retry.delay=50ms"})
@Import(KnownFaults.class)
class PageIntegrationTests {

    @TempDir
    static Path directory;

    static TestDatabase database;
    static ChromeDriver browser;

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        registry.add("spring.datasource.url", database::jdbcUrl);
        registry.add("spring.datasource.username", database::username);
        registry.add("spring.datasource.password", database::password);
        registry.add("sample.outbox-directory", () -> directory.resolve("outbox"));
        registry.add("sample.export-directory", () -> directory.resolve("exports"));
    }

    @BeforeAll
    static void openBrowser() {
        browser = Browser.open(directory.resolve("profile"));
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.quit();
        }
    }

    @BeforeEach
    void openPage() {
        browser.get("http://localhost:" + port);
        awaitText("#connection", "live");
    }

    @Test
    void signUpFailsOnceAndIsDone() {
        find("#sign-up-name").sendKeys("Ada Lovelace");
        find("#sign-up-email").sendKeys("flaky.ada@example.org", Keys.ENTER);

        String card = ".job";
        awaitText(card + "[data-state='DONE'] .job-mail", "flaky.ada@example.org");
        assertThat(find(card + " .steps").getText())
                .containsSubsequence("queued", "attempt 1 failed", "backed off", "attempt 2 delivered");
        find(card + " button.link").click();
        awaitText("#mail pre", "Welcome, Ada Lovelace!");
        find("#mail button").click();
        assertNothingWentWrong();
    }

    @Test
    void importReachesItsEndAndBrokenLinesRunAgain() {
        find("#import-sample").click();
        awaitText("#import .import-head strong", "100 %");
        awaitText("#broken-count", "64");
        assertThat(find("#import .figures").getText()).contains("4,936", "64", "5,000");

        find("#redrive").click();
        awaitText("#broken-count", "10");
        awaitText("#import .figures", "4,990");

        find(".broken-line button").click();
        WebElement text = find(".broken-line textarea");
        text.clear();
        text.sendKeys("SO-123456,2026-11-22,Ada Baker,ada@example.org,Rake,3,29.90");
        find(".broken-line form .primary").click();
        awaitText("#broken-count", "9");
        awaitText("#import .figures", "4,991");
        assertNothingWentWrong();
    }

    @Test
    void queueIsPausedAndResumed() {
        String button = "[data-queue='emails'] button";
        find(button).click();
        awaitText(button, "Resume here");
        find(button).click();
        awaitText(button, "Pause here");
        assertNothingWentWrong();
    }

    @Test
    void exportIsCancelledAndTheNextOneHasAFile() {
        database.execute("insert into csv_import (file_name, lines) values ('export.csv', 1000)");
        database.execute(
                "insert into customer_order (csv_import_id, line_number, order_number, ordered_on, customer,"
                        + " email, product, quantity, unit_price, node) select max(id), n, 'EX-' || n, current_date, 'Ada Baker',"
                        + " 'ada@example.org', 'Rake', 3, 29.90, 'node-0' from csv_import, generate_series(1, 2000) as n group by n");
        find("#export-start").click();
        awaitText("#export[data-state='RUNNING'] .what", " of ");
        find("#export button").click();
        awaitText("#export[data-state='CANCELLED'] .what", "was cancelled");

        find("#export-start").click();
        awaitText("#export[data-state='SUCCEEDED'] a", "orders-");
        assertNothingWentWrong();
    }

    private static void assertNothingWentWrong() {
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    }

    private static WebElement find(String selector) {
        return browser.findElement(By.cssSelector(selector));
    }

    private static void awaitText(String selector, String text) {
        new FluentWait<>(browser)
                .withTimeout(Duration.ofSeconds(60))
                .pollingEvery(Duration.ofMillis(50))
                .ignoring(StaleElementReferenceException.class)
                .withMessage(() -> "waited for '" + text + "' in " + selector)
                .until(page -> page.findElements(By.cssSelector(selector)).stream()
                        .anyMatch(element -> element.getText().contains(text)));
    }
}
