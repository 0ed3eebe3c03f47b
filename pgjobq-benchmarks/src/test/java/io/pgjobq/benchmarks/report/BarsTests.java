package io.pgjobq.benchmarks.report;

import static io.pgjobq.benchmarks.report.Samples.rate;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.benchmarks.report.Bars.Bar;
import io.pgjobq.benchmarks.runner.Catalogue;
import io.pgjobq.benchmarks.workloads.HeldSnapshot;
import io.pgjobq.benchmarks.workloads.Idle;
import io.pgjobq.benchmarks.workloads.NotifyFloor;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BarsTests {

    @Test
    void isReachedFromItsBoundOn() {
        Bar drain = named("drain by one node, of the floor's");
        assertThat(drain.isReached(only(0.60))).isTrue();
        assertThat(drain.isReached(only(0.59))).isFalse();
        Bar wal = named("WAL a job from sending to settled");
        assertThat(wal.isReached(only(500))).isTrue();
        assertThat(wal.isReached(only(501))).isFalse();
    }

    @Test
    void comparesTheDrainWithTheFloorOfTheSameRound() {
        Results results = new Results(List.of(rate("drain", "floor", 1, 1_000), rate("drain", "pgjobq", 1, 700)));
        assertThat(named("drain by one node, of the floor's").measured().apply(results, "pgjobq"))
                .contains(only(0.7));
    }

    @Test
    void takesTheBetterOfTheModesOfDbScheduler() {
        Results results = new Results(List.of(
                rate("drain", "pgjobq", 1, 1_000),
                rate("drain", "db-scheduler", 1, 20),
                rate("drain", "db-scheduler-lock", 1, 50)));
        assertThat(named("drain by one node, times db-scheduler's better mode")
                        .measured()
                        .apply(results, "pgjobq"))
                .contains(only(20));
    }

    @Test
    void takesTheBareNotifyOffTheLatencyOfAnotherProcess() {
        Results results = new Results(List.of(
                rate(NotifyFloor.TITLE, "floor", 1, 1).withLatencies(Map.of("p50", 1.25)),
                rate(new Idle(Idle.Kind.OTHER_PROCESS).title(), "pgjobq", 1, 1)
                        .withLatencies(Map.of("p50", 2.0, "p99", 9.0))));
        assertThat(named("idle, other process, p50 less the bare NOTIFY's")
                        .measured()
                        .apply(results, "pgjobq"))
                .contains(only(0.75));
    }

    @Test
    void dividesTheLastTenthByTheFirst() {
        List<Double> tenths = Stream.concat(Stream.of(100.0), Collections.nCopies(9, 90.0).stream())
                .toList();
        Results results =
                new Results(List.of(rate(HeldSnapshot.TITLE, "pgjobq", 1, 1).withTenths(tenths)));
        assertThat(named("last tenth of the first while a snapshot is held")
                        .measured()
                        .apply(results, "pgjobq"))
                .contains(only(0.9));
    }

    @Test
    void hasNothingToSayOfWhatWasNotMeasured() {
        assertThat(Bars.ALL)
                .allSatisfy(bar -> assertThat(bar.measured().apply(new Results(List.of()), "pgjobq"))
                        .as(bar.name())
                        .isEmpty());
    }

    @Test
    void areAllMeasuredByWorkloadsOfTheCatalogue() {
        assertThat(Catalogue.ALL)
                .extracting(item -> item.workload().name())
                .contains(
                        "drain",
                        "enqueue-8",
                        "idle",
                        "idle-other",
                        "notify",
                        "steady-1000",
                        "steady-5000",
                        "nodes",
                        "round-trip",
                        "crowded",
                        "snapshot",
                        "business",
                        "batch-insert",
                        "idle-nodes",
                        "schedules")
                .doesNotHaveDuplicates();
    }

    private static Bar named(String name) {
        return Bars.ALL.stream()
                .filter(bar -> bar.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Spread only(double value) {
        return new Spread(value, value, value, 1);
    }
}
