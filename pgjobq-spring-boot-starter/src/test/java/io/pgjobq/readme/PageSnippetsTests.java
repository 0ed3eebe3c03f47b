package io.pgjobq.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.Rate;
import io.pgjobq.properties.PgJobqProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What the pages show of code and properties works. */
class PageSnippetsTests {

    @ParameterizedTest
    @CsvSource({"jobs.md, JobsSnippets.java", "flow-control.md, FlowControlSnippets.java"})
    void everyLineOfJavaIsCompiled(String page, String snippets) throws IOException {
        String source = squeeze(Files.readString(Path.of("src", "test", "java", "io", "pgjobq", "readme", snippets)));
        List<String> blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("..", "docs", page)))
                .results()
                .map(result -> result.group(1))
                .toList();
        assertThat(blocks)
                .isNotEmpty()
                .allSatisfy(block -> assertThat(source).contains(squeeze(block.replaceAll(" //.*", ""))));
    }

    @Test
    void theLimitsOfTheFlowControlPageAreThoseOfItsQueue() throws IOException {
        List<PropertySource<?>> yaml = new YamlPropertySourceLoader()
                .load("page", new ByteArrayResource(yaml("flow-control.md").getBytes(StandardCharsets.UTF_8)));
        MutablePropertySources sources = new MutablePropertySources();
        yaml.forEach(sources::addLast);
        PgJobqProperties.Limits limits = new Binder(ConfigurationPropertySources.from(sources))
                .bind("pgjobq.queues.exports.limits", PgJobqProperties.Limits.class)
                .get();
        assertThat(limits).isEqualTo(new PgJobqProperties.Limits(8, Rate.perMinute(600), 20, null));
    }

    private static String yaml(String page) throws IOException {
        return Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("..", "docs", page)))
                .results()
                .map(result -> result.group(1))
                .findFirst()
                .orElseThrow();
    }

    private static String squeeze(String code) {
        return code.replaceAll("\\s+", "");
    }
}
