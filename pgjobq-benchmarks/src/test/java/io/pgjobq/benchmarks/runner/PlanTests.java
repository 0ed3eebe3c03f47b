package io.pgjobq.benchmarks.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.benchmarks.runner.Plan.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTests {

    @Test
    void letsWhatIsComparedFollowEachOtherInEachRound() {
        assertThat(lines("quick", "--workloads=drain,enqueue-8", "--systems=floor,pgjobq", "--rounds=2"))
                .containsExactly(
                        "0 drain floor",
                        "0 drain pgjobq",
                        "0 enqueue-8 floor",
                        "0 enqueue-8 pgjobq",
                        "1 drain floor",
                        "1 drain pgjobq",
                        "1 enqueue-8 floor",
                        "1 enqueue-8 pgjobq",
                        "2 drain floor",
                        "2 drain pgjobq",
                        "2 enqueue-8 floor",
                        "2 enqueue-8 pgjobq");
    }

    @Test
    void getsWarmForAsManyRunsWithEachSystem() {
        assertThat(lines("full", "--workloads=drain", "--systems=pgjobq,jobrunr", "--rounds=1"))
                .containsExactly(
                        "0 drain pgjobq",
                        "0 drain pgjobq",
                        "0 drain pgjobq",
                        "0 drain pgjobq",
                        "0 drain jobrunr",
                        "0 drain jobrunr",
                        "0 drain jobrunr",
                        "0 drain jobrunr",
                        "1 drain pgjobq",
                        "1 drain jobrunr");
    }

    @Test
    void getsWarmOnlyWhereThisProcessRunsTheJobs() {
        assertThat(lines("full", "--workloads=idle-other", "--systems=pgjobq", "--rounds=1"))
                .containsExactly("1 idle-other pgjobq");
    }

    @Test
    void leavesOutWhatASystemCannotDo() {
        assertThat(lines("quick", "--workloads=notify,business,steady-1000", "--systems=floor,pgjobq", "--rounds=1"))
                .containsExactly(
                        "0 notify floor",
                        "0 business pgjobq",
                        "1 notify floor",
                        "1 business pgjobq",
                        "1 steady-1000 pgjobq");
    }

    @Test
    void asksMuchOfPgjobqAndLittleOfPeers() {
        List<String> full = lines("full");
        assertThat(full).contains("5 drain jobrunr", "5 crowded pgjobq", "1 steady-1000 jobrunr");
        assertThat(full).doesNotContain("2 steady-1000 jobrunr", "1 nodes jobrunr", "2 idle-nodes pgjobq");
        assertThat(lines("quick"))
                .contains("1 drain jobrunr", "1 steady-1000 pgjobq")
                .doesNotContain("1 steady-1000 jobrunr", "1 steady-1000 pgjobq-history");
    }

    private static List<String> lines(String... arguments) {
        return Plan.of(Options.parse(List.of(arguments))).stream()
                .map(PlanTests::line)
                .toList();
    }

    private static String line(Step step) {
        return step.round() + " " + step.workload().name() + " " + step.system().name();
    }
}
