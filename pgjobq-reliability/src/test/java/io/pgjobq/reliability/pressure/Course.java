package io.pgjobq.reliability.pressure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What happened in a scenario, second by second.
 *
 * @param phases its parts, in order
 * @param readings what the server said
 * @param seconds what became of the jobs, without a gap
 * @param starts how long jobs of the probe waited for their start
 * @param claims how long claims took, as the workers saw it
 */
record Course(
        List<Phase> phases, List<Reading> readings, List<Second> seconds, List<Timed> starts, List<Timed> claims) {

    private static final String JOBS = """
            select at, sum(finished) as finished, sum(sum(sent) - sum(finished)) over (order by at) as backlog
            from (
                select floor(extract(epoch from finished_at))::bigint as at, 1 as finished, 0 as sent
                from pgjobq.finished_job
                union all
                select floor(extract(epoch from enqueued_at))::bigint, 0, 1 from pgjobq.finished_job
            ) x
            group by at order by at""";

    private static final String STARTS = """
            select extract(epoch from f.started_at) as at, extract(epoch from f.started_at - f.enqueued_at) * 1000 as millis
            from pgjobq.finished_job f join pgjobq.queue q on q.id = f.queue_id
            where q.name = ? and f.priority = ? order by f.started_at""";

    /** Jobs that ended in a second, and those that were left at its end. */
    record Second(long at, long finished, long backlog) {}

    /** Something that took so long, and when. */
    record Timed(long at, double millis) {}

    /** Reads what the server kept of each job, and what workers wrote. */
    static Course of(
            JdbcClient database,
            List<Phase> phases,
            List<Reading> readings,
            List<Path> claimTimes,
            String probe,
            int priority) {
        List<Second> busy = database.sql(JOBS)
                .query((row, number) -> new Second(row.getLong("at"), row.getLong("finished"), row.getLong("backlog")))
                .list();
        List<Timed> starts = database.sql(STARTS)
                .params(probe, priority)
                .query((row, number) -> new Timed((long) row.getDouble("at"), row.getDouble("millis")))
                .list();
        List<Timed> claims =
                claimTimes.stream().flatMap(file -> read(file).stream()).toList();
        return new Course(phases, readings, filled(busy), starts, claims);
    }

    private static List<Second> filled(List<Second> busy) {
        List<Second> all = new ArrayList<>();
        for (Second second : busy) {
            while (!all.isEmpty() && all.get(all.size() - 1).at + 1 < second.at) {
                Second last = all.get(all.size() - 1);
                all.add(new Second(last.at + 1, 0, last.backlog));
            }
            all.add(second);
        }
        return all;
    }

    private static List<Timed> read(Path file) {
        try {
            // The last line of a process that was ended may be half a line.
            return Files.readString(file)
                    .lines()
                    .map(line -> line.split(","))
                    .filter(cells -> cells.length == 2)
                    .map(cells -> new Timed(Long.parseLong(cells[0]) / 1_000, Long.parseLong(cells[1]) / 1_000.0))
                    .toList();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The phase of that name. */
    Phase phase(String name) {
        return phases.stream()
                .filter(phase -> phase.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Jobs that ended in a second of the phase, the median of its whole seconds. */
    double throughput(Phase phase) {
        return throughput(
                phase.start().at().toEpochSecond() + 1, phase.end().at().toEpochSecond());
    }

    /** The same of the last third of the phase. */
    double throughputAtEnd(Phase phase) {
        return throughput(phase.lastThirdFrom(), phase.end().at().toEpochSecond());
    }

    private double throughput(long from, long to) {
        Map<Long, Long> finished = seconds.stream().collect(Collectors.toMap(Second::at, Second::finished));
        return quantile(
                LongStream.range(from, to)
                        .mapToDouble(second -> finished.getOrDefault(second, 0L))
                        .toArray(),
                0.5);
    }

    /** The quantile of those that fall into the phase, in milliseconds. */
    static double quantile(List<Timed> timed, Phase phase, double q) {
        return quantile(
                timed, phase.start().at().toEpochSecond() + 1, phase.end().at().toEpochSecond(), q);
    }

    /** The quantile of those from one second on and before another, in milliseconds. */
    static double quantile(List<Timed> timed, long from, long to, double q) {
        return quantile(
                timed.stream()
                        .filter(one -> one.at >= from && one.at < to)
                        .mapToDouble(Timed::millis)
                        .toArray(),
                q);
    }

    /** The quantile for each second in which there is one. */
    static Map<Long, Double> bySecond(List<Timed> timed, double q) {
        return timed.stream()
                .collect(Collectors.groupingBy(
                        Timed::at,
                        TreeMap::new,
                        Collectors.collectingAndThen(
                                Collectors.toList(),
                                list -> quantile(
                                        list.stream().mapToDouble(Timed::millis).toArray(), q))));
    }

    /** Microseconds of the processors for each job that ended in the phase, or in its last third. */
    double cpuPerJob(Phase phase, boolean lastThird) {
        return perJob(phase, lastThird, reading -> reading.cpu().toNanos() / 1_000.0);
    }

    /** How often claiming and settling looked at a page for each job that ended in the phase, or in its last third. */
    double pagesPerJob(Phase phase, boolean lastThird) {
        return perJob(phase, lastThird, Reading::pages);
    }

    private double perJob(Phase phase, boolean lastThird, ToDoubleFunction<Reading> sum) {
        long from = lastThird ? phase.lastThirdFrom() : phase.start().at().toEpochSecond();
        List<Reading> span = readings.stream()
                .filter(reading -> reading.at().toEpochSecond() >= from
                        && !reading.at().isAfter(phase.end().at()))
                .toList();
        Reading first = span.get(0);
        Reading last = span.get(span.size() - 1);
        return (sum.applyAsDouble(last) - sum.applyAsDouble(first)) / finished(first, last);
    }

    private long finished(Reading from, Reading to) {
        return seconds.stream()
                .filter(second -> second.at >= from.at().toEpochSecond()
                        && second.at < to.at().toEpochSecond())
                .mapToLong(Second::finished)
                .sum();
    }

    /** Bytes of write-ahead log for each job that ended in the phase. */
    double walPerJob(Phase phase) {
        return (double) (phase.end().wal() - phase.start().wal()) / finished(phase.start(), phase.end());
    }

    /** The highest figure that the server gave in the phase. */
    static double most(Course course, Phase phase, ToDoubleFunction<Reading> figure) {
        return course.readings.stream()
                .filter(reading -> !reading.at().isBefore(phase.start().at())
                        && !reading.at().isAfter(phase.end().at()))
                .mapToDouble(figure)
                .max()
                .orElse(Double.NaN);
    }

    private static double quantile(double[] values, double q) {
        if (values.length == 0) {
            return Double.NaN;
        }
        Arrays.sort(values);
        return values[(int) Math.min(values.length - 1, Math.floor(q * values.length))];
    }
}
