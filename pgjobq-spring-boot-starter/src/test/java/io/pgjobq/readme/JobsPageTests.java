package io.pgjobq.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class JobsPageTests {

    @Test
    void everyLineOfJavaIsCompiled() throws IOException {
        String source = squeeze(
                Files.readString(Path.of("src", "test", "java", "io", "pgjobq", "readme", "JobsSnippets.java")));
        List<String> blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("..", "docs", "jobs.md")))
                .results()
                .map(result -> result.group(1))
                .toList();
        assertThat(blocks)
                .isNotEmpty()
                .allSatisfy(block -> assertThat(source).contains(squeeze(block.replaceAll(" //.*", ""))));
    }

    private static String squeeze(String code) {
        return code.replaceAll("\\s+", "");
    }
}
