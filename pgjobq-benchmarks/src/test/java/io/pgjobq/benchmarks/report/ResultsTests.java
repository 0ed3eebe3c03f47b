package io.pgjobq.benchmarks.report;

import static io.pgjobq.benchmarks.report.Samples.rate;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.report.Results.Side;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTests {

    private final Results results = new Results(List.of(
            rate("drain", "floor", 0, 1),
            rate("drain", "pgjobq", 0, 1),
            rate("drain", "floor", 1, 100),
            rate("drain", "pgjobq", 1, 50),
            rate("drain", "slow", 1, 2),
            rate("drain", "slower", 1, 1),
            rate("drain", "floor", 2, 1_000),
            rate("drain", "pgjobq", 2, 900)));

    @Test
    void leavesOutTheRoundInWhichTheProcessGotWarm() {
        assertThat(results.of("drain", "floor")).extracting(Figure::round).containsExactly(1, 2);
        assertThat(results.median("drain", "pgjobq", Figure::rate)).isEqualTo(475);
    }

    @Test
    void comparesWithinEachRound() {
        assertThat(results.ratio(Side.of("drain", "pgjobq", Figure::rate), Side.of("drain", "floor", Figure::rate)))
                .contains(new Spread(0.7, 0.5, 0.9, 2));
        assertThat(results.difference(
                        Side.of("drain", "floor", Figure::rate), Side.of("drain", "pgjobq", Figure::rate)))
                .contains(new Spread(75, 50, 100, 2));
    }

    @Test
    void comparesWithTheBestOfSeveralWhereTheyTookPart() {
        assertThat(results.ratio(
                        Side.of("drain", "pgjobq", Figure::rate),
                        new Side("drain", List.of("slower", "slow"), Figure::rate)))
                .contains(new Spread(25, 25, 25, 1));
    }

    @Test
    void knowsNothingOfWhatWasNotMeasured() {
        assertThat(results.spread("drain", "jobrunr", Figure::rate)).isEmpty();
        assertThat(results.median("idle", "pgjobq", Figure::rate)).isNaN();
        assertThat(results.workloads()).containsExactly("drain");
        assertThat(results.systems("drain")).containsExactly("floor", "pgjobq", "slow", "slower");
    }
}
