package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.Registration;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OwnClaimsTests {

    private @Nullable Registration self = new Registration(5, 1);
    private final FakeWorkers workers = new FakeWorkers();
    private final AtomicInteger sweeps = new AtomicInteger();
    private final OwnClaims claims = new OwnClaims(() -> self, workers, sweeps::incrementAndGet);

    @Test
    void areComparedAtTheStartAndThenOnceInTenTimesIfNothingIsTaken() {
        for (int i = 0; i < 21; i++) {
            assertThat(claims.run(false)).isEqualTo(Duration.ofSeconds(30));
        }

        assertThat(workers.calls).containsExactly("compare 5", "compare 5", "compare 5");
    }

    @Test
    void areComparedEachTimeIfJobsWereTaken() {
        workers.took = true;
        claims.run(false);
        claims.run(false);

        assertThat(workers.calls).hasSize(2);
    }

    @Test
    void areComparedWhenAskedForAndOnceMoreSinceAnAnswerMayComeLate() {
        claims.run(false);
        claims.run(false);
        claims.run(true);
        claims.run(false);
        claims.run(false);

        assertThat(workers.calls).hasSize(3);
    }

    @Test
    void asksForALookAtWhatWasGivenBack() {
        claims.run(true);
        assertThat(sweeps).hasValue(0);

        workers.givesBack = true;
        claims.run(true);
        assertThat(sweeps).hasValue(1);
    }

    @Test
    void areNotComparedWhileTheNodeIsNotOnTheList() {
        self = null;
        claims.run(true);

        assertThat(workers.calls).isEmpty();
    }
}
