package io.pgjobq.internal.support;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class LogTests {

    private static final String FORGED = "x\n2026-01-01 ERROR forged";

    private final Logger logger = (Logger) LoggerFactory.getLogger(LogTests.class);
    private final Level before = logger.getLevel();
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
            // Found on the stack of the call, or never.
            event.getCallerData();
            super.append(event);
        }
    };
    private final org.slf4j.Logger log = Log.of(LogTests.class);

    /** A failure that can't even say what it is. */
    @SuppressWarnings("serial")
    private static final class Mute extends RuntimeException {

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    @BeforeEach
    void capture() {
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void release() {
        logger.detachAppender(appender);
        logger.setAdditive(true);
        logger.setLevel(before);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                '\n', '\r', '\t', 0, 0x1b, 0x7f, 0x85, 0x9b, 0x2028, 0x2029, 0x202e, 0x2066, 0x200f, 0x61c, 0xfeff,
                0xd800
            })
    void noValueLeavesItsLineOrTurnsItsDirection(int codePoint) {
        String unfit = Character.toString(codePoint);
        log.warn("queue '{}': {} of {}", "a" + unfit + "b", 1, new StringBuilder("c" + unfit));
        assertThat(said()).doesNotContain(unfit).startsWith("queue 'a\\").contains("b': 1 of c\\");
    }

    @Test
    void whatIsReadableStaysAsItIs() {
        log.info("queue '{}' {} {} {}", "größe/日本 🙂", 7, null, true);
        assertThat(said()).isEqualTo("queue 'größe/日本 🙂' 7 null true");
    }

    @Test
    void aStackTraceForgesNoLine() {
        Exception cause = new IllegalStateException("cause: " + FORGED);
        Exception failure = new RuntimeException("outer", cause);
        failure.addSuppressed(new RuntimeException("suppressed: " + FORGED));
        log.error("failed", failure);
        assertThat(trace().lines())
                .noneMatch(line -> line.startsWith("2026"))
                .anyMatch(line -> line.contains("cause: x\\n2026"))
                .anyMatch(line -> line.contains("suppressed: x\\n2026"))
                .anyMatch(line -> line.contains("LogTests.aStackTraceForgesNoLine"));
    }

    @Test
    void aFailureThatCanBeToldIsLoggedItself() {
        Exception failure = new RuntimeException("outer", new IllegalStateException("inner"));
        log.error("failed", failure);
        assertThat(trace()).contains("java.lang.RuntimeException: outer").doesNotContain("LoggedFailure");
    }

    @Test
    void causesThatFormACycleAndMessagesThatFailAreLoggedToo() {
        Exception first = new RuntimeException(FORGED);
        Exception second = new RuntimeException("second", first);
        first.initCause(second);
        log.error("failed", first);
        log.error("failed", new Mute());
        assertThat(trace()).contains(Mute.class.getName());
        assertThat(appender.list).hasSize(2);
    }

    @Test
    void passwordsAreMaskedInValuesAndTraces() {
        log.error("failed: {}", "jdbc:x?password=secret&a", new RuntimeException("jdbc:x?password=secret&b"));
        assertThat(said() + trace()).doesNotContain("secret").contains("&a").contains("&b");
    }

    @Test
    void theLineIsSaidToComeFromItsCaller() {
        log.info("here");
        assertThat(appender.list.get(0).getCallerData()[0].getClassName()).isEqualTo(LogTests.class.getName());
    }

    @Test
    void whatIsNotLoggedIsNotLogged() {
        logger.setLevel(Level.WARN);
        log.info("not {}", "this");
        assertThat(appender.list).isEmpty();
        assertThat(log.isInfoEnabled()).isFalse();
        assertThat(log.isWarnEnabled()).isTrue();
    }

    private String said() {
        return appender.list.get(appender.list.size() - 1).getFormattedMessage();
    }

    private String trace() {
        return ThrowableProxyUtil.asString(
                appender.list.get(appender.list.size() - 1).getThrowableProxy());
    }
}
