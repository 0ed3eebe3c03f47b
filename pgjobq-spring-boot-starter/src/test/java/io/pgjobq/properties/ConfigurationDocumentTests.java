package io.pgjobq.properties;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.ContainerOptions;
import io.pgjobq.QueueLimits;
import io.pgjobq.QueueOptions;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.ApplicationConversionService;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConfigurationDocumentTests {

    private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");
    private static final Pattern ROW =
            Pattern.compile("^\\| `(pgjobq\\.[^`]+)` \\| ([^|]*) \\| (.*) \\|$", Pattern.MULTILINE);
    private static final String QUEUE = "pgjobq.queues.<name>.";
    private static final String SCHEDULE = "pgjobq.schedules.<name>.";

    private record Documented(String defaultValue, String meaning) {}

    @Test
    void theDocumentTellsOfEveryPropertyWhatTheMetadataTells() throws IOException {
        Map<String, Documented> documented = documented();
        documented.keySet().removeIf(name -> name.startsWith(QUEUE) || name.startsWith(SCHEDULE));
        assertThat(documented).containsExactlyEntriesOf(metadata());
    }

    @Test
    void theDocumentTellsOfEveryPropertyOfAQueueWhereItsDefaultComesFrom() throws IOException {
        Map<String, String> defaults = new TreeMap<>();
        documented().forEach((name, property) -> {
            if (name.startsWith(QUEUE)) {
                defaults.put(name, property.defaultValue());
            }
        });
        Map<String, String> expected = new TreeMap<>();
        collect(PgJobqProperties.Queue.class, "", expected);
        assertThat(defaults).containsExactlyEntriesOf(expected);
    }

    @Test
    void theDocumentTellsOfEveryPropertyOfASchedule() throws IOException {
        assertThat(documented().keySet().stream().filter(name -> name.startsWith(SCHEDULE)))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(PgJobqProperties.Schedule.class.getRecordComponents())
                                .map(component -> SCHEDULE + kebab(component.getName()))
                                .toList());
    }

    /** The metadata can't take them from the core by itself. */
    @Test
    void theDefaultsOfQueuesAreThoseOfTheCore() throws IOException {
        Map<String, Object> core = new TreeMap<>();
        QueueOptions queue = QueueOptions.DEFAULT;
        ContainerOptions container = ContainerOptions.DEFAULT;
        core.put("pgjobq.defaults.concurrency", container.concurrency());
        core.put("pgjobq.defaults.max-prefetch", container.maxPrefetch());
        core.put("pgjobq.defaults.least-urgent-every", container.leastUrgentEvery());
        core.put("pgjobq.defaults.time-limit", container.timeLimit());
        core.put("pgjobq.defaults.max-attempts", queue.maxAttempts());
        core.put("pgjobq.defaults.retry.delay", container.retry().delay());
        core.put("pgjobq.defaults.retry.multiplier", container.retry().multiplier());
        core.put("pgjobq.defaults.retry.max-delay", container.retry().maxDelay());
        core.put("pgjobq.defaults.retry.jitter", container.retry().jitter());
        core.put("pgjobq.defaults.shutdown-timeout", container.shutdownTimeout());
        core.put("pgjobq.defaults.auto-startup", container.autoStartup());
        core.put("pgjobq.defaults.history.succeeded", queue.history().succeeded());
        core.put("pgjobq.defaults.history.dead", queue.history().dead());
        Map<String, Documented> metadata = metadata();
        metadata.keySet().removeIf(name -> !name.startsWith("pgjobq.defaults."));
        // There are no limits by default.
        assertThat(QueueOptions.DEFAULT.limits()).isEqualTo(QueueLimits.NONE);
        metadata.values().removeIf(property -> property.defaultValue().isEmpty());
        assertThat(metadata).hasSameSizeAs(core).allSatisfy((name, property) -> {
            Object expected = Objects.requireNonNull(core.get(name), name);
            assertThat(ApplicationConversionService.getSharedInstance()
                            .convert(property.defaultValue().replace("`", ""), expected.getClass()))
                    .isEqualTo(expected);
        });
    }

    @Test
    void everyPropertyIsDescribed() throws IOException {
        assertThat(metadata().values())
                .isNotEmpty()
                .allSatisfy(
                        property -> assertThat(property.meaning()).endsWith(".").doesNotStartWith("The "));
    }

    private static void collect(Class<?> type, String prefix, Map<String, String> properties) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + kebab(component.getName());
            if (component.getType().getEnclosingClass() == PgJobqProperties.class) {
                collect(component.getType(), name + ".", properties);
            } else {
                properties.put(QUEUE + name, "that of `pgjobq.defaults." + name + "`");
            }
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
    }

    private static Map<String, Documented> documented() throws IOException {
        Map<String, Documented> properties = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(DOCUMENT));
        while (row.find()) {
            properties.put(row.group(1), new Documented(row.group(2), row.group(3)));
        }
        return properties;
    }

    private static Map<String, Documented> metadata() throws IOException {
        Map<String, Documented> properties = new TreeMap<>();
        try (InputStream file =
                PgJobqProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : JsonMapper.shared().readTree(file).get("properties")) {
                JsonNode defaultValue = property.get("defaultValue");
                properties.put(
                        property.get("name").asString(),
                        new Documented(
                                defaultValue == null ? "" : "`" + defaultValue.asString() + "`",
                                property.get("description").asString()));
            }
        }
        return properties;
    }
}
