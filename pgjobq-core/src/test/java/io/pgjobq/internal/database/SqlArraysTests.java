package io.pgjobq.internal.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlArraysTests {

    @Test
    void distinctNumbersAreEachThereOnceInTheirOrder() {
        assertThat(SqlArrays.distinct(new long[] {7, 3, 7, 7, -1, 3})).containsExactly(-1, 3, 7);
        assertThat(SqlArrays.distinct(new long[0])).isEmpty();
    }
}
