package io.pgjobq.benchmarks.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.Systems;
import io.pgjobq.benchmarks.workloads.Size;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTests {

    @Test
    void isQuickIfNothingIsSaid() {
        assertThat(Options.parse(List.of())).isEqualTo(Options.parse(List.of("quick")));
        assertThat(Options.parse(List.of()).size()).isEqualTo(Size.QUICK);
    }

    @Test
    void runsEverythingInTheFullForm() {
        Options options = Options.parse(List.of("full"));
        assertThat(options.items()).isEqualTo(Catalogue.ALL);
        assertThat(options.systems()).isEqualTo(Systems.ALL);
        assertThat(options.rounds()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void runsWhatIsChosen() {
        Options options = Options.parse(List.of(
                "full",
                "--workloads=drain,steady-1000",
                "--systems=floor,pgjobq",
                "--rounds=7",
                "--jobs=500",
                "--limit=3"));
        assertThat(options.items()).extracting(item -> item.workload().name()).containsExactly("drain", "steady-1000");
        assertThat(options.systems()).extracting(QueueSystem::name).containsExactly("floor", "pgjobq");
        assertThat(options.rounds()).isEqualTo(7);
        assertThat(options.size())
                .isEqualTo(Size.FULL.withJobs(500).withLimits(Duration.ofSeconds(3), Duration.ofSeconds(3)));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(List.of("fast")))
                .withMessageContaining("'fast'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(List.of("quick", "--workloads=drain,nap")))
                .withMessageContaining("'nap'")
                .withMessageContaining("steady-1000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(List.of("quick", "--systems=abacus")))
                .withMessageContaining("'abacus'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(List.of("quick", "--rounds=0")))
                .withMessageContaining("--rounds=0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(List.of("quick", "--speed=1")))
                .withMessageContaining("--speed=1");
    }
}
