package io.pgjobq.sample;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The machine's own Chromium: nothing is downloaded for tests. */
final class Browser {

    private static final List<String> CHROMIUMS =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
    private static final List<String> DRIVERS = List.of("/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver");

    private Browser() {}

    /** Opens a browser with an empty profile. Where there is none the test is skipped, but fails in CI. */
    static ChromeDriver open(Path profile) {
        Optional<String> chromium = find("CHROMIUM", CHROMIUMS);
        Optional<String> driver = find("CHROMEDRIVER", DRIVERS);
        boolean found = chromium.isPresent() && driver.isPresent();
        if (!found && "true".equals(System.getenv("CI"))) {
            throw new IllegalStateException("no Chromium with its driver: install the packages chromium and "
                    + "chromium-driver, or name them with the variables CHROMIUM and CHROMEDRIVER");
        }
        assumeTrue(found, "no Chromium with its driver on this machine");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.orElseThrow());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1360,1000",
                "--user-data-dir=" + profile);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Path.of(driver.orElseThrow()).toFile())
                .build();
        return new ChromeDriver(service, options);
    }

    private static Optional<String> find(String variable, List<String> places) {
        String given = System.getenv(variable);
        return (given != null ? List.of(given) : places)
                .stream().filter(place -> Files.isExecutable(Path.of(place))).findFirst();
    }
}
