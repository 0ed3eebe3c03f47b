package io.pgjobq.internal.store;

import io.pgjobq.Missed;
import io.pgjobq.Overlap;
import io.pgjobq.Schedule;
import io.pgjobq.ScheduleDescription;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.SqlTimes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Schedules, and the jobs that they send. Thread-safe. */
public final class ScheduleStore implements StoredSchedules {

    private final Database database;

    public ScheduleStore(Database database) {
        this.database = database;
    }

    /**
     * A schedule that is due.
     *
     * @param schedule when it recurs, and how; without what it sends
     * @param version how often it was changed
     * @param time the time that is due
     * @param now by the server's clock
     * @param running whether its last job has not ended
     * @param declared whether a living node declares it, or nobody needs to
     */
    public record Due(Schedule schedule, int version, Instant time, Instant now, boolean running, boolean declared) {}

    /**
     * What is to be done about a schedule that is due.
     *
     * @param times for which times it sends jobs
     * @param next its next time, {@code null} for never
     */
    public record Move(
            Due due, List<Instant> times, @Nullable Instant next) {}

    /**
     * A schedule that was moved on.
     *
     * @param due what was done about it
     * @param ready the first of its jobs, {@code null} if there is none
     * @param jobs how many
     */
    public record Fired(Due due, @Nullable LanePosition ready, int jobs) {}

    /** Returns schedules that are due, not more than that many. */
    public List<Due> due(int limit) {
        return database.alone(connection -> database.list(
                connection,
                "due_schedules",
                row -> new Due(
                        schedule(row, 3, Schedule.of(row.getString(1), "")).build(),
                        row.getInt(2),
                        SqlTimes.instant(row, 9),
                        SqlTimes.instant(row, 10),
                        row.getBoolean(11),
                        row.getBoolean(12)),
                limit));
    }

    /** Returns in how many milliseconds the next schedule is due, {@code null} for never. */
    public @Nullable Long nextInMillis() {
        return database.alone(connection ->
                database.<@Nullable Long>one(connection, "next_schedule", row -> row.getObject(1, Long.class)));
    }

    /** Sends what is to be sent, and moves the schedules on that nobody else has moved. */
    public List<Fired> fire(List<Move> moves) {
        int[] of = new int[moves.stream().mapToInt(move -> move.times().size()).sum()];
        String[] times = new String[of.length];
        int count = 0;
        for (int i = 0; i < moves.size(); i++) {
            for (Instant time : moves.get(i).times()) {
                of[count] = i + 1;
                times[count++] = time.toString();
            }
        }
        boolean[] alone = new boolean[moves.size()];
        for (int i = 0; i < alone.length; i++) {
            alone[i] = moves.get(i).due().schedule().overlap() == Overlap.SKIP;
        }
        return database.alone(connection -> database.list(
                connection,
                "fire_schedules",
                row -> new Fired(moves.get(row.getInt(1) - 1).due(), ready(row, 2), row.getInt(5)),
                texts(moves, move -> move.due().schedule().name()),
                moves.stream().mapToInt(move -> move.due().version()).toArray(),
                texts(moves, move -> move.due().time().toString()),
                texts(moves, ScheduleStore::next),
                texts(moves, ScheduleStore::next),
                alone,
                of,
                times));
    }

    /** Lets a schedule be looked at later, unless somebody else has changed it. */
    public void putOff(Due due, Duration time) {
        database.alone(connection -> database.update(
                connection,
                "put_off_schedule",
                time.toMillis(),
                due.schedule().name(),
                due.version(),
                SqlTimes.parameter(due.time())));
    }

    @Override
    public List<Stored> find(Collection<String> names) {
        return find(names.toArray(String[]::new), false);
    }

    @Override
    public List<Stored> all() {
        return find(new String[0], true);
    }

    private List<Stored> find(String[] names, boolean all) {
        return database.alone(connection -> database.list(
                connection,
                "find_schedules",
                row -> {
                    String queue = row.getString(10);
                    Schedule.Builder schedule = schedule(
                                    row, 4, Schedule.of(row.getString(1), queue == null ? "" : queue))
                            .priority(row.getInt(11))
                            .type(row.getString(12))
                            .payload(row.getBytes(13))
                            .attributes(StoredJson.attributes(row.getString(14)));
                    ScheduleDescription description = new ScheduleDescription(
                            schedule.build(),
                            row.getBoolean(2),
                            row.getBoolean(19),
                            row.getBoolean(15),
                            SqlTimes.nullable(row, 16),
                            SqlTimes.nullable(row, 17),
                            row.getObject(18, Long.class));
                    return new Stored(description, row.getInt(3));
                },
                names,
                all));
    }

    @Override
    public Instant now() {
        return database.alone(connection -> database.one(connection, "server_time", row -> SqlTimes.instant(row, 1)));
    }

    @Override
    public boolean save(Schedule schedule, boolean byCode, @Nullable Instant next, @Nullable Integer version) {
        Duration every = schedule.every();
        return !database.alone(connection -> database.list(
                        connection,
                        "save_schedule",
                        row -> true,
                        schedule.name(),
                        byCode,
                        schedule.cron(),
                        schedule.zone().getId(),
                        every == null ? null : every.toMillis(),
                        schedule.missed().name(),
                        schedule.catchUp(),
                        schedule.overlap().name(),
                        schedule.queue(),
                        (short) schedule.priority(),
                        schedule.type(),
                        schedule.payload(),
                        StoredJson.write(schedule.attributes()),
                        SqlTimes.parameter(next),
                        version))
                .isEmpty();
    }

    @Override
    public void declare(int node, Collection<String> names) {
        database.alone(connection -> {
            database.update(connection, "forget_declarations");
            return database.update(connection, "declare_schedules", node, names.toArray(String[]::new));
        });
    }

    @Override
    public boolean pause(String name) {
        return changed("pause_schedule", name);
    }

    @Override
    public boolean resume(String name, int version, @Nullable Instant next) {
        return changed("resume_schedule", SqlTimes.parameter(next), name, version);
    }

    @Override
    public boolean delete(String name) {
        return changed("delete_schedule", name);
    }

    private boolean changed(String statement, @Nullable Object... values) {
        return !database.alone(connection -> database.list(connection, statement, row -> true, values))
                .isEmpty();
    }

    @Override
    public @Nullable Run run(String name) {
        List<Run> runs = database.alone(connection -> database.list(
                connection,
                "run_schedule",
                row -> new Run(row.getLong(1), new LanePosition(row.getInt(2), row.getInt(3), row.getLong(1))),
                name));
        return runs.isEmpty() ? null : runs.get(0);
    }

    private static @Nullable LanePosition ready(ResultSet row, int column) throws SQLException {
        long seq = row.getLong(column + 2);
        return row.wasNull() ? null : new LanePosition(row.getInt(column), row.getInt(column + 1), seq);
    }

    /** Reads when a schedule recurs, and how: the expression, its zone, the rate, and what becomes of times that can't be met. */
    private static Schedule.Builder schedule(ResultSet row, int first, Schedule.Builder schedule) throws SQLException {
        String cron = row.getString(first);
        if (cron == null) {
            schedule.every(Duration.ofMillis(row.getLong(first + 2)));
        } else {
            schedule.cron(cron, row.getString(first + 1));
        }
        Missed missed = Missed.valueOf(row.getString(first + 3));
        if (missed == Missed.ALL) {
            schedule.catchUp(row.getInt(first + 4));
        } else {
            schedule.missed(missed);
        }
        return schedule.overlap(Overlap.valueOf(row.getString(first + 5)));
    }

    private static @Nullable String next(Move move) {
        Instant next = move.next();
        return next == null ? null : next.toString();
    }

    private static @Nullable String[] texts(List<Move> moves, Function<Move, @Nullable String> text) {
        return moves.stream().map(text).toArray(String[]::new);
    }
}
