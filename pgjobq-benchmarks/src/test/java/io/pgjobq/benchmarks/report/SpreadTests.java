package io.pgjobq.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTests {

    @Test
    void takesTheMiddleOfAnOddNumberOfRounds() {
        assertThat(Spread.of(List.of(9.0, 1.0, 4.0))).contains(new Spread(4, 1, 9, 3));
    }

    @Test
    void takesTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
        assertThat(Spread.of(List.of(9.0, 1.0, 4.0, 5.0))).contains(new Spread(4.5, 1, 9, 4));
    }

    @Test
    void leavesOutWhatIsNoNumber() {
        assertThat(Spread.of(List.of(Double.NaN, 2.0, Double.POSITIVE_INFINITY)))
                .contains(new Spread(2, 2, 2, 1));
        assertThat(Spread.of(List.of(Double.NaN))).isEmpty();
    }
}
