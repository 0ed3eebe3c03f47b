package io.pgjobq.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.Mockito.mock;

import io.pgjobq.BatchJob;
import io.pgjobq.Handler;
import io.pgjobq.Handler.Batching;
import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.test.Analyses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers that take many jobs at once. */
class HandlerBatchingTests {

    record Line(String text) {}

    sealed interface Shape {}

    record Circle() implements Shape {}

    record Square() implements Shape {}

    static class Batches {

        final List<Object> seen = new ArrayList<>();

        @JobHandler(value = "payloads", batchSize = 500, batchWait = "${batch.wait:200ms}")
        void payloads(List<Line> lines) {
            seen.addAll(lines);
        }

        @JobHandler(value = "jobs", batchSize = 1)
        void jobs(List<BatchJob<Line>> lines) {
            lines.forEach(line -> seen.add(line.payload()));
        }

        @JobHandler(value = "sealed", batchSize = 7)
        void sealed(List<? extends BatchJob<? extends Shape>> shapes) {}

        @JobHandler(value = "raw", batchSize = 7)
        void raw(List<byte[]> payloads) {}
    }

    private static BatchJob<Line> job(String text) {
        return new BatchJob<>() {
            @Override
            public Line payload() {
                return new Line(text);
            }

            @Override
            public JobContext context() {
                return mock(JobContext.class);
            }

            @Override
            public void fail(Throwable failure) {
                throw new AssertionError(failure);
            }
        };
    }

    @Test
    void theTypeIsThatOfThePayloadsInTheList() throws Throwable {
        try (ScannedHandlers scanned = ScannedHandlers.of(Batches.class)) {
            Handler handler = scanned.only("payloads");
            assertThat(handler.types()).containsExactly("Line");
            assertThat(handler.payloadType()).isEqualTo(Line.class);
            assertThat(handler.batching()).isEqualTo(new Batching(500, Duration.ofMillis(200)));
            assertThat(scanned.only("jobs").payloadType()).isEqualTo(Line.class);
            assertThat(scanned.only("jobs").batching()).isEqualTo(new Batching(1, Duration.ofMillis(50)));
            assertThat(scanned.only("sealed").payloadType()).isEqualTo(Shape.class);
            assertThat(scanned.only("sealed").types()).contains("Circle", "Square");
            assertThat(scanned.only("raw").takesRest()).isTrue();

            scanned.run("payloads", List.of(job("a"), job("b")));
            scanned.run("jobs", List.of(job("c")));
            assertThat(scanned.bean(Batches.class).seen).containsExactly(new Line("a"), new Line("b"), new Line("c"));
        }
    }

    static class NoList {

        @JobHandler(value = "lines", batchSize = 5)
        void handle(Line line) {}
    }

    static class RawList {

        @JobHandler(value = "lines", batchSize = 5)
        @SuppressWarnings("rawtypes")
        void handle(List lines) {}
    }

    static class NothingAtAll {

        @JobHandler(value = "lines", batchSize = 5)
        void handle(JobContext job) {}
    }

    static class OneContext {

        @JobHandler(value = "lines", batchSize = 5)
        void handle(List<Line> lines, JobContext job) {}
    }

    static class Result {

        @JobHandler(value = "lines", batchSize = 5)
        int handle(List<Line> lines) {
            return lines.size();
        }
    }

    static class TooLarge {

        @JobHandler(value = "lines", batchSize = 10_001)
        void handle(List<Line> lines) {}
    }

    static class Negative {

        @JobHandler(value = "lines", batchSize = -1)
        void handle(List<Line> lines) {}
    }

    static class NoDuration {

        @JobHandler(value = "lines", batchSize = 5, batchWait = "soon")
        void handle(List<Line> lines) {}
    }

    static class TooLong {

        @JobHandler(value = "lines", batchSize = 5, batchWait = "2m")
        void handle(List<Line> lines) {}
    }

    static class NoSize {

        @JobHandler("lines")
        void handle(List<BatchJob<Line>> lines) {}
    }

    static class OneJob {

        @JobHandler("lines")
        void handle(BatchJob<Line> line) {}
    }

    static class PlainList {

        @JobHandler("lines")
        void handle(List<Line> lines) {}
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                NoList.class,
                RawList.class,
                NothingAtAll.class,
                OneContext.class,
                Result.class,
                TooLarge.class,
                Negative.class,
                NoDuration.class,
                TooLong.class,
                NoSize.class,
                OneJob.class,
                PlainList.class
            })
    void whatCanNotBeFailsTheStartAndIsNamed(Class<?> handlers) {
        InvalidJobHandlerException failure = catchThrowableOfType(
                InvalidJobHandlerException.class,
                () -> ScannedHandlers.of(handlers).close());
        assertThat(Analyses.of(failure).getDescription()).isEqualTo(message(handlers));
    }

    private static String message(Class<?> handlers) {
        String name = handlers.getName() + ".handle(" + (handlers == NoList.class ? "Line" : "List") + ")";
        if (handlers == NoList.class || handlers == RawList.class) {
            return name + " has a batchSize, but does not take a List of payloads.";
        }
        if (handlers == OneContext.class) {
            return handlers.getName() + ".handle(List, JobContext) takes many jobs at once, but one JobContext.";
        }
        if (handlers == NothingAtAll.class) {
            return handlers.getName() + ".handle(JobContext) has no payload parameter.";
        }
        if (handlers == Result.class) {
            return name + " takes many jobs at once, so that what it returns is the result of none.";
        }
        if (handlers == NoSize.class || handlers == OneJob.class) {
            return handlers.getName() + ".handle(" + (handlers == OneJob.class ? "BatchJob" : "List")
                    + ") takes BatchJobs, but has no batchSize.";
        }
        if (handlers == PlainList.class) {
            return name + " takes a List, which has no type name of its own by which jobs could be told apart.";
        }
        return name + " can't be called with batches so: " + rule(handlers);
    }

    private static String rule(Class<?> handlers) {
        if (handlers == NoDuration.class) {
            return "batchWait must be a duration such as 10s or PT10S, but is 'soon'.";
        }
        return handlers == TooLong.class
                ? "batch-wait must be from 0 to 1 minute, but is PT2M."
                : "batch-size must be from 1 to 10000, but is " + (handlers == Negative.class ? "-1." : "10001.");
    }
}
