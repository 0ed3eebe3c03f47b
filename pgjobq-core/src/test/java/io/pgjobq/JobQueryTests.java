package io.pgjobq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobQueryTests {

    @Test
    void aQueryThatSaysNothingMoreIsForTheNewestFiftyInAnyState() {
        JobQuery query = JobQuery.of(JobFilter.any());

        assertThat(query.pageSize()).isEqualTo(50);
        assertThat(query.isNewestFirst()).isTrue();
        assertThat(query.states()).containsExactly(JobState.values());
        assertThat(query.after()).isNull();
        assertThat(query.filter()).hasToString("any queue");
    }

    @Test
    void eachChangeMakesAnotherQuery() {
        JobQuery query = JobQuery.of(JobFilter.any());
        JobQuery changed =
                query.states(JobState.DEAD).oldestFirst().pageSize(1_000).after("x");

        assertThat(query.states()).hasSize(7);
        assertThat(changed.states()).containsExactly(JobState.DEAD);
        assertThat(changed.isNewestFirst()).isFalse();
        assertThat(changed.newestFirst().pageSize()).isEqualTo(1_000);
        assertThat(changed.after()).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1_001, Integer.MAX_VALUE})
    void aPageHasOneToAThousandJobs(int size) {
        JobQuery query = JobQuery.of(JobFilter.any());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> query.pageSize(size))
                .withMessage("a page of jobs must have from 1 to 1000 jobs, but is to have " + size);
    }

    @Test
    void aFilterSaysWhatItMeans() {
        JobFilter filter = JobFilter.queue("mails")
                .type("Welcome")
                .attribute("tenant", "acme")
                .attribute("a", "b")
                .error("IOException")
                .sentFrom(Instant.EPOCH)
                .finishedBefore(Instant.EPOCH);

        assertThat(filter)
                .hasToString("queue 'mails', type 'Welcome', attributes {a=b, tenant=acme}, error 'IOException',"
                        + " sent from 1970-01-01T00:00:00Z, finished before 1970-01-01T00:00:00Z")
                .isEqualTo(JobFilter.queue("mails")
                        .attribute("a", "b")
                        .attribute("tenant", "acme")
                        .finishedBefore(Instant.EPOCH)
                        .sentFrom(Instant.EPOCH)
                        .error("IOException")
                        .type("Welcome"))
                .hasSameHashCodeAs(filter.type("Welcome"))
                .isNotEqualTo(filter.type("Other"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> filter.error("a\0b"))
                .withMessageContaining("a filter's error must not hold a NUL character");
    }

    @Test
    void aRateIsOneToAMillionInASecondToADay() {
        assertThat(Rate.perMinute(5)).isEqualTo(new Rate(5, Duration.ofMinutes(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rate.perSecond(0))
                .withMessage("the count of a rate must be from 1 to 1000000, but is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Rate(1, Duration.ofMillis(999)))
                .withMessage("the period of a rate must be from 1 second to 1 day, but is PT0.999S");
    }

    @Test
    void aRateIsReadFromText() {
        assertThat(Rate.valueOf("600/1m")).isEqualTo(Rate.perMinute(600));
        assertThat(Rate.valueOf(" 10 / s ")).isEqualTo(Rate.perSecond(10));
        assertThat(Rate.valueOf("7/2h")).isEqualTo(new Rate(7, Duration.ofHours(2)));
        assertThat(Rate.valueOf("7/d")).isEqualTo(new Rate(7, Duration.ofDays(1)));
        for (Rate rate : List.of(Rate.perMinute(600), Rate.perSecond(10), new Rate(7, Duration.ofDays(1)))) {
            assertThat(Rate.valueOf(rate.toString())).isEqualTo(rate);
        }
        for (String none : List.of("", "600", "600/m/m", "-1/s", "1/1", "1/1w", "99999999/s")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Rate.valueOf(none))
                    .withMessage("a rate must be a number and a time, such as 600/1m, but is '" + none + "'");
        }
    }

    @Test
    void aStateIsFinishedFromSucceededOn() {
        assertThat(JobState.values())
                .filteredOn(JobState::isFinished)
                .containsExactly(JobState.SUCCEEDED, JobState.DEAD, JobState.CANCELLED);
    }
}
