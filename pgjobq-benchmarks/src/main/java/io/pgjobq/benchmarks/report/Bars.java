package io.pgjobq.benchmarks.report;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.report.Results.Side;
import io.pgjobq.benchmarks.workloads.BatchInsert;
import io.pgjobq.benchmarks.workloads.Business;
import io.pgjobq.benchmarks.workloads.Crowded;
import io.pgjobq.benchmarks.workloads.Enqueue;
import io.pgjobq.benchmarks.workloads.HeldSnapshot;
import io.pgjobq.benchmarks.workloads.Idle;
import io.pgjobq.benchmarks.workloads.IdleNodes;
import io.pgjobq.benchmarks.workloads.NotifyFloor;
import io.pgjobq.benchmarks.workloads.RoundTrip;
import io.pgjobq.benchmarks.workloads.Schedules;
import io.pgjobq.benchmarks.workloads.SharedDrain;
import io.pgjobq.benchmarks.workloads.Steady;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/** What pgjobq means to reach. */
final class Bars {

    private static final String FLOOR = "floor";
    private static final ToDoubleFunction<Figure> RATE = Figure::rate;
    private static final ToDoubleFunction<Figure> P50 = figure -> figure.latency("p50");
    private static final ToDoubleFunction<Figure> P99 = figure -> figure.latency("p99");

    /** All of them, in the order of the report. */
    static final List<Bar> ALL = List.of(
            atLeast("drain by one node, of the floor's", 0.60, Format.SHARE, against("drain", FLOOR)),
            atLeast("drain by one node, times JobRunr", 40, Format.TIMES, against("drain", "jobrunr")),
            atLeast(
                    "drain by one node, times db-scheduler's better mode",
                    15,
                    Format.TIMES,
                    against("drain", "db-scheduler", "db-scheduler-lock")),
            atLeast("drain by one node, times graphile-worker", 3, Format.TIMES, against("drain", "graphile-worker")),
            atMost(
                    "server CPU a job from sending to settled, times the floor's",
                    1.3,
                    Format.TIMES,
                    (results, system) -> results.ratio(
                            Side.of("drain, with sending", system, Figure::serverMicrosPerJob),
                            Side.of("drain, with sending", FLOOR, Figure::serverMicrosPerJob))),
            atMost(
                    "WAL a job from sending to settled",
                    500,
                    Format.BYTES,
                    value("drain, with sending", Figure::walPerJob)),
            atLeast("enqueue in bulk, of the floor's", 0.80, Format.SHARE, against("enqueue in bulk", FLOOR)),
            atLeast(
                    "enqueue one by one, 8 threads, of the bare insert's",
                    0.90,
                    Format.SHARE,
                    within(new Enqueue(8).title(), new Enqueue(8).bare(), RATE)),
            atLeast(
                    "32 clients: insert and send, of insert and plain second insert",
                    0.95,
                    Format.SHARE,
                    within(Business.SEND, Business.SECOND, RATE)),
            atLeast(
                    "handlers that insert a row, in batches of 500, times one by one",
                    5,
                    Format.TIMES,
                    within(BatchInsert.BATCHES, BatchInsert.SINGLE, RATE)),
            atMost("idle, same process, p50", 0.5, Format.MILLIS, value(new Idle(Idle.Kind.SENT_ALONE).title(), P50)),
            atMost(
                    "idle, same process, sent in a transaction, p50",
                    0.5,
                    Format.MILLIS,
                    value(new Idle(Idle.Kind.IN_TRANSACTION).title(), P50)),
            atMost("idle, same process, p99", 3, Format.MILLIS, value(new Idle(Idle.Kind.SENT_ALONE).title(), P99)),
            atMost(
                    "idle, other process, p50 less the bare NOTIFY's",
                    1,
                    Format.MILLIS,
                    (results, system) -> results.difference(
                            Side.of(new Idle(Idle.Kind.OTHER_PROCESS).title(), system, P50),
                            Side.of(NotifyFloor.TITLE, FLOOR, P50))),
            atMost(
                    "idle, other process, p99",
                    10,
                    Format.MILLIS,
                    value(new Idle(Idle.Kind.OTHER_PROCESS).title(), P99)),
            atLeast(
                    "steady 1,000/s, how much of that it kept up with",
                    0.95,
                    Format.SHARE,
                    value(new Steady(1_000).title(), figure -> figure.rate() / 1_000)),
            atMost("steady 1,000/s, p50", 5, Format.MILLIS, value(new Steady(1_000).title(), P50)),
            atMost("steady 1,000/s, p99", 30, Format.MILLIS, value(new Steady(1_000).title(), P99)),
            atLeast(
                    "steady 5,000/s, how much of that it kept up with",
                    0.95,
                    Format.SHARE,
                    value(new Steady(5_000).title(), figure -> figure.rate() / 5_000)),
            atMost("steady 5,000/s, p50", 5, Format.MILLIS, value(new Steady(5_000).title(), P50)),
            atMost("steady 5,000/s, p99", 30, Format.MILLIS, value(new Steady(5_000).title(), P99)),
            atMost(
                    "send and await the result, p50, in commits' p50",
                    3,
                    Format.TIMES,
                    within(RoundTrip.TITLE, RoundTrip.COMMIT, P50)),
            atLeast(
                    "drain with many waiting behind, of that with nothing else there",
                    0.95,
                    Format.SHARE,
                    within(Crowded.WAITING, Crowded.EMPTY, RATE)),
            atLeast(
                    "drain with many running elsewhere, of that with nothing else there",
                    0.95,
                    Format.SHARE,
                    within(Crowded.ELSEWHERE, Crowded.EMPTY, RATE)),
            atLeast(
                    "last tenth of the first while a snapshot is held",
                    0.95,
                    Format.SHARE,
                    value(HeldSnapshot.TITLE, Bars::lastOfFirst)),
            atLeast(
                    "drain by 8 processes, of that by 1",
                    0.90,
                    Format.SHARE,
                    within(SharedDrain.title(8), SharedDrain.title(1), RATE)),
            atMost("statements a second of an idle node", 1, Format.PLAIN, value(IdleNodes.STATEMENTS, RATE)),
            atMost("a schedule at the second, late, p99", 50, Format.MILLIS, value(Schedules.ALONE, P99)),
            atMost(
                    "1,000 schedules of the same second, the last one sent",
                    1_000,
                    Format.MILLIS,
                    value(Schedules.TOGETHER, figure -> figure.latency("sent: max"))),
            // That of an idle node, and one a poll interval of five seconds.
            atMost(
                    "statements a second of an idle node with 10,000 schedules",
                    1.2,
                    Format.PLAIN,
                    value(Schedules.IDLE, RATE)));

    private Bars() {}

    /**
     * One of them.
     *
     * @param least whether the bound is the least or the greatest that is wanted
     * @param measured what the system of this name has reached; nothing if that was not measured
     */
    record Bar(
            String name,
            boolean least,
            double bound,
            Format format,
            BiFunction<Results, String, Optional<Spread>> measured) {

        /** Whether the median is what is wanted. */
        boolean isReached(Spread spread) {
            return least ? spread.median() >= bound : spread.median() <= bound;
        }
    }

    private static Bar atLeast(
            String name, double bound, Format format, BiFunction<Results, String, Optional<Spread>> measured) {
        return new Bar(name, true, bound, format, measured);
    }

    private static Bar atMost(
            String name, double bound, Format format, BiFunction<Results, String, Optional<Spread>> measured) {
        return new Bar(name, false, bound, format, measured);
    }

    private static BiFunction<Results, String, Optional<Spread>> value(
            String workload, ToDoubleFunction<Figure> measure) {
        return (results, system) -> results.spread(workload, system, measure);
    }

    private static BiFunction<Results, String, Optional<Spread>> against(String workload, String... others) {
        return (results, system) ->
                results.ratio(Side.of(workload, system, RATE), new Side(workload, List.of(others), RATE));
    }

    private static BiFunction<Results, String, Optional<Spread>> within(
            String workload, String other, ToDoubleFunction<Figure> measure) {
        return (results, system) -> results.ratio(Side.of(workload, system, measure), Side.of(other, system, measure));
    }

    private static double lastOfFirst(Figure figure) {
        List<Double> tenths = figure.tenths();
        return tenths.isEmpty() ? Double.NaN : tenths.get(tenths.size() - 1) / tenths.get(0);
    }
}
