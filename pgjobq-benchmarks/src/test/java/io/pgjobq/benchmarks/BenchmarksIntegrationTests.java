package io.pgjobq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.report.Report;
import io.pgjobq.benchmarks.report.Run;
import io.pgjobq.benchmarks.report.RunFile;
import io.pgjobq.benchmarks.runner.Catalogue;
import io.pgjobq.benchmarks.runner.Catalogue.Item;
import io.pgjobq.benchmarks.runner.Options;
import io.pgjobq.benchmarks.runner.Runner;
import io.pgjobq.benchmarks.systems.Systems;
import io.pgjobq.benchmarks.workloads.Size;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lets the benchmarks run for a moment, so that they can still run when they are needed. */
class BenchmarksIntegrationTests {

    private static final Set<String> WORKLOADS =
            Set.of("drain", "enqueue-8", "notify", "idle-other", "round-trip", "snapshot", "business", "batch-insert");

    private static final Size SMALL = new Size(
            2_000,
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            5,
            Duration.ofSeconds(2),
            2_000,
            2_000,
            2_000,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    @Test
    void measuresTheFloorAndPgjobqAndReportsOnThem(@TempDir Path directory) throws Exception {
        Path file = Runner.run(options(), "small", directory);
        Run run = RunFile.read(file);
        assertThat(run.failures()).isEmpty();
        assertThat(run.figures()).hasSizeGreaterThanOrEqualTo(15).allSatisfy(figure -> {
            assertThat(figure.jobs()).isPositive();
            assertThat(figure.rate()).isPositive().isFinite();
            assertThat(figure.repeated()).isZero();
            assertThat(figure.capped()).isFalse();
        });
        assertThat(run.figures())
                .filteredOn(figure -> figure.workload().equals("drain"))
                .extracting(Figure::system)
                .containsExactly("floor", "pgjobq");
        assertThat(Files.readString(Report.make(file)))
                .contains("drain by one node, of the floor's")
                .contains("send and await the result")
                .contains("PostgreSQL " + run.machine().postgres());
        assertThat(directory)
                .isDirectoryContaining("glob:**-throughput.png")
                .isDirectoryContaining("glob:**-snapshot.png");
    }

    private static Options options() {
        List<Item> items = Catalogue.ALL.stream()
                .filter(item -> WORKLOADS.contains(item.workload().name()))
                .map(item -> new Item(item.workload(), 0, 1, 1, 1, true))
                .toList();
        assertThat(items).hasSameSizeAs(WORKLOADS);
        return new Options(true, items, List.of(Systems.FLOOR, Systems.PGJOBQ), true, 1, SMALL);
    }
}
