package io.pgjobq.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomValuesTests {

    @Test
    void aFailureNamesTheSeedThatGivesTheSameValues() {
        List<String> texts = new ArrayList<>();
        assertThatThrownBy(() -> RandomValues.times(10, Optional.of(42L), values -> {
                    texts.add(values.text(1_000));
                    throw new IllegalStateException("it broke");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessage("seed 42 (again with -Dpgjobq.test.seed=42): it broke")
                .hasRootCauseMessage("it broke");
        assertThat(texts).containsExactly(new RandomValues(42).text(1_000));
    }

    @Test
    void eachTimeHasOtherValues() {
        Set<Long> seen = new HashSet<>();
        RandomValues.times(100, Optional.empty(), values -> seen.add(values.longBetween(0, Long.MAX_VALUE - 1)));
        assertThat(seen).hasSizeGreaterThan(50);
    }

    @Test
    void rangesIncludeBothEnds() {
        RandomValues values = new RandomValues(1);
        assertThat(values.list(1_000, 1_000, () -> values.longBetween(Long.MIN_VALUE, Long.MAX_VALUE)))
                .contains(Long.MIN_VALUE, Long.MAX_VALUE);
        assertThat(new HashSet<>(values.list(1_000, 1_000, () -> values.intBetween(3, 6))))
                .containsExactly(3, 4, 5, 6);
        assertThat(new HashSet<>(values.list(1_000, 1_000, () -> values.bytes(3).length)))
                .containsExactly(0, 1, 2, 3);
    }
}
