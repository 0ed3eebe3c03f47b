package io.pgjobq.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArraysTests {

    @Test
    void distinctNumbersAreEachThereOnceInTheirOrder() {
        assertThat(Arrays.distinct(new long[] {7, 3, 7, 7, -1, 3})).containsExactly(-1, 3, 7);
        assertThat(Arrays.distinct(new long[0])).isEmpty();
    }
}
