package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.JobStore.KeyPosition;
import io.pgjobq.internal.store.JobStore.SweptKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnusedKeysTests {

    private final List<String> looks = new ArrayList<>();
    private SweptKeys next = new SweptKeys(false, null);
    private final UnusedKeys keys = new UnusedKeys((from, limit) -> {
        looks.add(from + " " + limit);
        return this.next;
    });

    @Test
    void looksRarelyWhereThereAreNone() {
        assertThat(keys.run(false)).isEqualTo(UnusedKeys.RARELY);
        assertThat(looks).containsExactly("null 1000");
    }

    @Test
    void goesOnAtOnceWhereItStoppedAndComesBackInAMinute() {
        next = new SweptKeys(true, new KeyPosition(7, "k"));
        assertThat(keys.run(false)).isEqualTo(Duration.ZERO);
        next = new SweptKeys(false, null);
        assertThat(keys.run(false)).isEqualTo(UnusedKeys.EVERY);
        next = new SweptKeys(true, null);
        assertThat(keys.run(false)).isEqualTo(UnusedKeys.EVERY);
        assertThat(looks).containsExactly("null 1000", "KeyPosition[queue=7, key=k] 1000", "null 1000");
    }
}
