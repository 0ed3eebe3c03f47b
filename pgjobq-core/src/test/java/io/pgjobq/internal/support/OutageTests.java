package io.pgjobq.internal.support;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutageTests {

    private final Logger log = new LoggerContext().getLogger("outage");
    private final Vitals vitals = new Vitals(Duration.ofSeconds(30), () -> 0);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Outage outage = new Outage(log, "queue 'emails': taking jobs", vitals);

    @BeforeEach
    void listen() {
        lines.start();
        log.addAppender(lines);
    }

    @Test
    void isSaidOnceWhenItBeginsAndOnceWhenItEnds() {
        for (int round = 0; round < 2; round++) {
            outage.recovered();
            for (int i = 0; i < 3; i++) {
                outage.failed(new IllegalStateException("refused"));
            }
            assertThat(outage.isOn()).isTrue();
            outage.recovered();
            outage.recovered();
            assertThat(outage.isOn()).isFalse();
        }
        assertThat(lines.list)
                .extracting(line -> line.getLevel() + " " + line.getFormattedMessage())
                .containsExactly(once(), end(), once(), end());
    }

    private static String once() {
        return "WARN queue 'emails': taking jobs: interrupted, trying again until it works:"
                + " java.lang.IllegalStateException: refused";
    }

    private static String end() {
        return "INFO queue 'emails': taking jobs: works again after 3 failed attempts";
    }

    /** It is this node's own, and its place in the code is of use. */
    @Test
    void anErrorIsLoggedAsOneWithItsStackTrace() {
        outage.failed(new StackOverflowError());
        outage.failed(new StackOverflowError());
        assertThat(lines.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.ERROR);
            assertThat(line.getFormattedMessage()).isEqualTo("queue 'emails': taking jobs: failed, trying again");
            assertThat(line.getThrowableProxy()).isNotNull();
        });
    }

    @Test
    void attemptsAreMadeLessAndLessOftenUpToFiveSeconds() {
        assertThat(outage.failed(new Exception())).isBetween(Duration.ofMillis(1), Duration.ofMillis(75));
        for (int i = 0; i < 20; i++) {
            outage.failed(new Exception());
        }
        for (int i = 0; i < 100; i++) {
            assertThat(outage.failed(new Exception())).isBetween(Duration.ofMillis(2_400), Duration.ofMillis(5_000));
        }
        outage.recovered();
        assertThat(outage.failed(new Exception())).as("begins anew").isLessThan(Duration.ofMillis(76));
    }
}
