package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.ProgressStore.Swept;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeftProgressTests {

    private final List<String> looks = new ArrayList<>();
    private Swept next = new Swept(false, null);
    private final LeftProgress progress = new LeftProgress((after, limit) -> {
        looks.add(after + " " + limit);
        return this.next;
    });

    @Test
    void looksRarelyWhereThereIsNone() {
        assertThat(progress.run(false)).isEqualTo(LeftProgress.RARELY);
        assertThat(looks).containsExactly("0 1000");
    }

    @Test
    void goesOnAtOnceWhereItStoppedAndComesBackInAMinute() {
        next = new Swept(true, 7L);
        assertThat(progress.run(false)).isEqualTo(Duration.ZERO);
        next = new Swept(false, null);
        assertThat(progress.run(false)).isEqualTo(LeftProgress.EVERY);
        next = new Swept(true, null);
        assertThat(progress.run(false)).isEqualTo(LeftProgress.EVERY);
        assertThat(looks).containsExactly("0 1000", "7 1000", "0 1000");
    }
}
