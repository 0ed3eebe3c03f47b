package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.pgjobq.internal.store.Swept;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeftoversTests {

    private final List<String> looks = new ArrayList<>();
    private Swept<Long> next = new Swept<>(false, null);
    private final Leftovers<Long> leftovers = new Leftovers<>((from, limit) -> {
        looks.add(from + " " + limit);
        if (this.failure != null) {
            throw this.failure;
        }
        return this.next;
    });

    private @Nullable RuntimeException failure;

    @Test
    void looksRarelyWhereThereAreNone() {
        assertThat(leftovers.run(false)).isEqualTo(Leftovers.RARELY);
        assertThat(leftovers.run(true)).as("whoever asks").isEqualTo(Leftovers.RARELY);
        assertThat(looks).containsExactly("null 1000", "null 1000");
    }

    @Test
    void goesOnAtOnceWhereItStoppedAndComesBackInAMinute() {
        next = new Swept<>(true, 7L);
        assertThat(leftovers.run(false)).isEqualTo(Duration.ZERO);
        next = new Swept<>(false, null);
        assertThat(leftovers.run(false)).isEqualTo(Leftovers.EVERY);
        next = new Swept<>(true, null);
        assertThat(leftovers.run(false)).isEqualTo(Leftovers.EVERY);
        assertThat(looks).containsExactly("null 1000", "7 1000", "null 1000");
    }

    @Test
    void afterAFailureItGoesOnWhereItStopped() {
        next = new Swept<>(true, 7L);
        leftovers.run(false);
        failure = new IllegalStateException("away");
        assertThatIllegalStateException().isThrownBy(() -> leftovers.run(false));
        failure = null;
        leftovers.run(false);

        assertThat(looks).containsExactly("null 1000", "7 1000", "7 1000");
    }
}
