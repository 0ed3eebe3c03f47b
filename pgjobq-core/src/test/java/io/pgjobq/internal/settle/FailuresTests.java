package io.pgjobq.internal.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.Settlement.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FailuresTests {

    @Test
    void keepsTypeMessageAndStack() {
        Failure failure = Failures.of(shortened(new IOException("disk full", shortened(new Exception("cause")))));

        assertThat(failure.type()).isEqualTo("java.io.IOException");
        assertThat(failure.message()).isEqualTo("disk full");
        assertThat(failure.stack()).contains("disk full").contains("Caused by").contains("FailuresTests");
    }

    @Test
    void aMissingMessageIsEmpty() {
        assertThat(Failures.of(new IOException()).message()).isEmpty();
    }

    @Test
    void longTextIsCut() {
        Failure failure = Failures.of(new IOException("x".repeat(100_000)));

        assertThat(failure.message()).hasSize(2_002).endsWith(" …");
        assertThat(failure.stack()).hasSize(4_002).endsWith(" …");
    }

    @Test
    void whatPostgresqlCannotStoreIsReplaced() {
        Failure failure = Failures.of(new IOException("a\0b\ud800c"));

        assertThat(failure.message()).isEqualTo("a\ufffdb?c");
        assertThat(failure.stack()).doesNotContain("\0");
        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(failure.stack()))
                .isTrue();
    }

    @Test
    void aPairThatTheCutPartsIsReplaced() {
        Failure failure = Failures.of(new IOException("x".repeat(1_999) + "\ud83d\ude00"));

        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(failure.message()))
                .isTrue();
    }

    @Test
    void anExceptionThatFailsToDescribeItselfIsStillAFailure() {
        Failure failure = Failures.of(new Rude());

        assertThat(failure.type()).endsWith("Rude");
        assertThat(failure.message()).contains("getMessage failed").contains("UnsupportedOperationException");
    }

    @Test
    void noErrorOfAnExceptionThatDescribesItselfEscapes() {
        Failure failure = Failures.of(new Endless());

        assertThat(failure.message()).contains("getMessage failed").contains("StackOverflowError");
        assertThat(failure.stack()).isEmpty();
        assertThat(Failures.summary(failure)).contains("Endless: (getMessage failed");
    }

    @Test
    void aCycleOfCausesEnds() {
        Exception first = shortened(new Exception("first"));
        Exception second = shortened(new Exception("second", first));
        first.initCause(second);

        assertThat(Failures.of(first).stack()).contains("CIRCULAR REFERENCE");
    }

    private static <T extends Exception> T shortened(T exception) {
        exception.setStackTrace(new StackTraceElement[] {exception.getStackTrace()[0]});
        return exception;
    }

    @SuppressWarnings("serial")
    private static final class Endless extends RuntimeException {

        @Override
        public String getMessage() {
            throw new StackOverflowError();
        }
    }

    @SuppressWarnings("serial")
    private static final class Rude extends RuntimeException {

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException();
        }
    }
}
