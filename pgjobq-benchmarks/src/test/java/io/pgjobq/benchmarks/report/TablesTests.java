package io.pgjobq.benchmarks.report;

import static io.pgjobq.benchmarks.report.Samples.rate;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.benchmarks.harness.Meter.Counts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TablesTests {

    private final Tables tables = new Tables(new Results(List.of(
            rate("drain", "floor", 1, 40_000).with(new Counts(80_000, 5)),
            rate("drain", "pgjobq", 1, 30_000).withLatencies(Map.of("p50", 1.5)).withEnd(2, true))));

    @Test
    void tellsRatesRatiosAndCosts() {
        assertThat(tables.costs("drain"))
                .contains("| floor | 40,000 |  | 0.75 × | 2 | 3 | 400 | 2.00 | 5 | 1 round |")
                .contains("| pgjobq | 30,000 | 75 % |  | 2 | 3 | 400 | – | – | 1 round; not done or behind in 1;"
                        + " 2 started twice |");
    }

    @Test
    void tellsLatencies() {
        assertThat(tables.hasLatencies("drain")).isTrue();
        assertThat(tables.latencies("drain")).contains("| pgjobq |  | 1.50 | – | – | – | – |");
    }

    @Test
    void tellsWhatWasReached() {
        assertThat(tables.bars())
                .contains("| drain by one node, of the floor's | ≥ 60 % | 75 %, reached | – |")
                .doesNotContain("JobRunr");
    }
}
