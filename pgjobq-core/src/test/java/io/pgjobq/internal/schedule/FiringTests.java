package io.pgjobq.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.Missed;
import io.pgjobq.Overlap;
import io.pgjobq.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** For which times a schedule sends jobs, and what comes next. */
class FiringTests {

    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    private static Schedule.Builder every(Duration rate) {
        return Schedule.of("s", "q").every(rate);
    }

    private static Instant at(String time) {
        return Instant.parse(time);
    }

    @Test
    void atItsTimeAScheduleSendsOneJobAndMovesOn() {
        Firing firing = Firing.of(every(Duration.ofHours(1)).build(), NOON, NOON.plusMillis(3));
        assertThat(firing.times()).containsExactly(NOON);
        assertThat(firing.next()).isEqualTo(NOON.plusSeconds(3_600));
    }

    @Test
    void whatIsATrifleLateIsNotMissedHoweverManyThatAre() {
        for (Missed missed : Missed.values()) {
            Firing firing =
                    Firing.of(every(Duration.ofSeconds(1)).missed(missed).build(), NOON, NOON.plusMillis(3_500));
            assertThat(firing.times())
                    .containsExactly(NOON, NOON.plusSeconds(1), NOON.plusSeconds(2), NOON.plusSeconds(3));
            assertThat(firing.next()).isEqualTo(NOON.plusSeconds(4));
        }
    }

    @Test
    void nothingIsSentForMissedTimesThatAreSkipped() {
        Schedule schedule = every(Duration.ofMinutes(10)).missed(Missed.SKIP).build();
        Firing firing = Firing.of(schedule, NOON, NOON.plusSeconds(7_205));
        // The last one is only just over.
        assertThat(firing.times()).containsExactly(NOON.plusSeconds(7_200));
        firing = Firing.of(schedule, NOON, NOON.plusSeconds(7_300));
        assertThat(firing.times()).isEmpty();
        assertThat(firing.next()).isEqualTo(NOON.plusSeconds(7_800));
    }

    @Test
    void oneJobIsSentForAllThatWasMissed() {
        Schedule schedule = every(Duration.ofMinutes(10)).build();
        assertThat(Firing.of(schedule, NOON, NOON.plusSeconds(7_300)).times()).containsExactly(NOON.plusSeconds(7_200));
        assertThat(Firing.of(schedule, NOON, NOON.plusSeconds(7_205)).times())
                .as("one that is only just over does for the others")
                .containsExactly(NOON.plusSeconds(7_200));
    }

    @Test
    void aJobIsSentForEachOfTheLatestThatWereMissed() {
        Schedule schedule = every(Duration.ofMinutes(10)).catchUp(3).build();
        assertThat(Firing.of(schedule, NOON, NOON.plusSeconds(7_300)).times())
                .containsExactly(NOON.plusSeconds(6_000), NOON.plusSeconds(6_600), NOON.plusSeconds(7_200));
        assertThat(Firing.of(schedule, NOON, NOON.plusSeconds(700)).times())
                .as("no more than there are")
                .containsExactly(NOON, NOON.plusSeconds(600));
    }

    @Test
    void aWeekOfMissedSecondsIsNotWalkedOverOneByOne() {
        Schedule schedule = Schedule.of("s", "q").cron("* * * * * *").catchUp(2).build();
        Firing firing = Firing.of(schedule, NOON, NOON.plus(Duration.ofDays(3_650)));
        assertThat(firing.times())
                .hasSize(13)
                .startsWith(NOON.plus(Duration.ofDays(3_650)).minusSeconds(12));
    }

    @Test
    void moreThanFitIsLeftForTheNextLook() {
        Schedule schedule = Schedule.of("s", "q").every(Duration.ofSeconds(1)).build();
        Firing firing = Firing.of(schedule, NOON, NOON.plusSeconds(9));
        assertThat(firing.times()).hasSize(10);
        assertThat(firing.next()).isEqualTo(NOON.plusSeconds(10));
    }

    @Test
    void aScheduleThatDoesNotOverlapSendsOnlyTheLatest() {
        Schedule schedule =
                every(Duration.ofSeconds(1)).overlap(Overlap.SKIP).catchUp(10).build();
        assertThat(Firing.of(schedule, NOON, NOON.plusSeconds(60)).times()).containsExactly(NOON.plusSeconds(60));
    }

    @Test
    void aScheduleThatWaitsSendsTheOneThatHasWaitedAndLeavesTheOthersOut() {
        Schedule schedule = every(Duration.ofSeconds(1)).overlap(Overlap.WAIT).build();
        Firing firing = Firing.of(schedule, NOON, NOON.plusMillis(60_500));
        assertThat(firing.times()).containsExactly(NOON);
        assertThat(firing.next()).isEqualTo(NOON.plusSeconds(61));
    }

    @Test
    void aCronExpressionIsReadInItsZone() {
        Schedule schedule =
                Schedule.of("s", "q").cron("0 30 2 * * *", "Europe/Paris").build();
        assertThat(Firing.first(schedule, at("2026-01-01T00:00:00Z"))).isEqualTo(at("2026-01-01T01:30:00Z"));
        assertThat(Firing.first(schedule, at("2026-07-01T00:00:00Z"))).isEqualTo(at("2026-07-01T00:30:00Z"));
    }

    @Test
    void aTimeThatADayDoesNotHaveIsLeftOut() {
        Schedule schedule =
                Schedule.of("s", "q").cron("0 30 2 * * *", "Europe/Paris").build();
        assertThat(Firing.first(schedule, at("2026-03-28T00:00:00Z"), 2))
                .containsExactly(at("2026-03-28T01:30:00Z"), at("2026-03-30T00:30:00Z"));
    }

    @Test
    void aTimeThatADayHasTwiceIsMetTwice() {
        Schedule schedule =
                Schedule.of("s", "q").cron("0 30 2 * * *", "Europe/Paris").build();
        assertThat(Firing.first(schedule, at("2026-10-24T12:00:00Z"), 3))
                .containsExactly(at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z"), at("2026-10-26T01:30:00Z"));
    }

    @Test
    void anHourOfEachKindIsMetAsTimePasses() {
        Schedule schedule =
                Schedule.of("s", "q").cron("0 0 * * * *", "Europe/Paris").build();
        List<Instant> night = Firing.first(schedule, at("2026-10-24T21:59:59Z"), 6);
        assertThat(night)
                .containsExactlyElementsOf(LongStream.range(0, 6)
                        .mapToObj(hour -> at("2026-10-24T22:00:00Z").plusSeconds(3_600 * hour))
                        .toList());
    }

    @Test
    void anExpressionThatIsNeverMetHasNoNextTime() {
        Schedule schedule = Schedule.of("s", "q").cron("0 0 0 31 2 *").build();
        assertThat(Firing.first(schedule, NOON)).isNull();
        assertThat(Firing.first(schedule, NOON, 5)).isEmpty();
    }
}
