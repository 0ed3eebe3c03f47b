package io.pgjobq.internal.store;

import io.pgjobq.JobDescription;
import io.pgjobq.SentJob;
import io.pgjobq.Unique;
import io.pgjobq.UnkeyedQueueException;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.NodeFencedException;
import io.pgjobq.internal.database.SqlArrays;
import io.pgjobq.internal.database.SqlTimes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Storing and taking jobs. Thread-safe. */
public final class JobStore implements NewJobs {

    private final Database database;

    public JobStore(Database database) {
        this.database = database;
    }

    @Override
    public @Nullable InsertedJobs send(
            Connection connection, NewJob job, String type, byte[] payload, @Nullable Notice notice)
            throws SQLException {
        List<InsertedJobs> stored = job.ready()
                ? sendNow(connection, job, type, payload, notice)
                : sendLater(connection, job, type, payload);
        return stored.isEmpty() ? null : stored.get(0);
    }

    private List<InsertedJobs> sendNow(
            Connection connection, NewJob job, String type, byte[] payload, @Nullable Notice notice)
            throws SQLException {
        List<@Nullable Object> values = new ArrayList<>(8);
        Collections.addAll(values, (short) job.priority(), job.awaited(), type, payload, job.attributes(), job.queue());
        if (notice != null) {
            Collections.addAll(values, notice.channel(), notice.beginning());
        }
        return database.list(
                connection,
                notice == null ? "send" : "send_with_notice",
                row -> new InsertedJobs(row.getInt(2), new long[] {row.getLong(1)}, true, 0),
                values.toArray());
    }

    private List<InsertedJobs> sendLater(Connection connection, NewJob job, String type, byte[] payload)
            throws SQLException {
        return database.list(
                connection,
                "send_later",
                row -> {
                    long[] ids = {row.getLong(1)};
                    return new InsertedJobs(row.getInt(2), ids, row.getObject(3) == null, row.getLong(3));
                },
                (short) job.priority(),
                job.awaited(),
                type,
                payload,
                job.attributes(),
                SqlTimes.parameter(job.at()),
                job.delayMillis(),
                job.queue());
    }

    @Override
    public @Nullable SentClaimed sendClaimed(NewJob job, String type, byte[] payload, SlotClaim place) {
        List<SentClaimed> sent = database.alone(connection -> database.list(
                connection,
                "send_claimed",
                row -> new SentClaimed(row.getLong(1), row.getBoolean(2), SqlTimes.instant(row, 3)),
                place.queue(),
                place.node().node(),
                place.node().token(),
                place.claim(),
                place.from(),
                job.awaited(),
                type,
                payload,
                job.attributes()));
        return sent.isEmpty() ? null : sent.get(0);
    }

    @Override
    public @Nullable InsertedJobs sendAll(Connection connection, NewJob job, String[] types, byte[][] payloads)
            throws SQLException {
        InsertedJobs stored = database.one(
                connection,
                "send_all",
                row -> new InsertedJobs(
                        row.getInt(1), SqlArrays.longs(row, 2), row.getObject(3) == null, row.getLong(3)),
                SqlTimes.parameter(job.at()),
                job.delayMillis(),
                job.queue(),
                (short) job.priority(),
                job.attributes(),
                types,
                payloads);
        return stored.ids().length == 0 ? null : stored;
    }

    /**
     * Takes jobs.
     *
     * @throws NodeFencedException if the node has been declared dead
     */
    public Claimed claim(ClaimRequest request) {
        List<ClaimedLane> lanes = new ArrayList<>();
        Map<Long, byte[]> large = new HashMap<>();
        database.alone(connection -> database.list(
                connection,
                "claim",
                row -> ClaimedLane.isPayload(row)
                        ? large.put(SqlArrays.longs(row, 5)[0], row.getBytes(12)) == null
                        : lanes.add(ClaimedLane.read(row, request, large)),
                request.queue(),
                request.node().node(),
                request.node().token(),
                request.claim(),
                request.limit(),
                request.startable(),
                request.lanes(),
                request.from(),
                request.last(),
                request.told(),
                request.types(),
                request.turns().ended().lines().toArray(Long[]::new),
                request.turns().ended().ids().toArray(Long[]::new),
                request.turns().lines().toArray(Long[]::new)));
        return Claimed.of(request, lanes);
    }

    /** Starts a job, and returns its payload if that did not come with the claim. */
    public StartedJob start(long id, long seq, long claim) {
        List<StartedJob> started = database.alone(
                connection -> database.list(connection, "start_job", row -> started(row), id, seq, claim));
        return started.isEmpty() ? new StartedJob.Gone() : started.get(0);
    }

    private static StartedJob started(ResultSet row) throws SQLException {
        byte[] payload = row.getBytes(1);
        Long left = row.getObject(2, Long.class);
        if (payload != null) {
            return new StartedJob.Payload(payload, left == null ? null : Duration.ofMillis(left));
        }
        return left == null ? new StartedJob.Held() : new StartedJob.Expired();
    }

    @Override
    public @Nullable List<UniqueJob> sendWithRules(
            Connection connection,
            NewJob job,
            Rules rules,
            @Nullable String[] keys,
            @Nullable String[] turns,
            String[] types,
            byte[][] payloads)
            throws SQLException {
        Instant at = job.at();
        Instant expiresAt = rules.expiresAt();
        Unique how = rules.unique();
        Duration period = how == null ? null : how.period();
        List<UniqueJob> sent = database.list(
                connection,
                "send_with_rules",
                row -> row.getInt(1) == 0
                        ? unkeyed(job)
                        : new UniqueJob(
                                row.getLong(2),
                                SentJob.Fate.valueOf(row.getString(3).toUpperCase(Locale.ROOT)),
                                row.getObject(4, Long.class),
                                row.getInt(5)),
                job.queue(),
                keys,
                types,
                payloads,
                (short) job.priority(),
                job.attributes(),
                job.awaited(),
                job.delayMillis(),
                SqlTimes.parameter(at),
                how != null && how.until() == Unique.Until.STARTED,
                period == null ? null : period.toMillis(),
                how != null && how.onConflict() == Unique.OnConflict.REPLACE,
                rules.expiresInMillis(),
                SqlTimes.parameter(expiresAt),
                turns);
        return sent.isEmpty() ? null : sent;
    }

    private static UniqueJob unkeyed(NewJob job) {
        throw new UnkeyedQueueException(job.queue());
    }

    /** Returns jobs whose deadlines are over, not more than that many. */
    public List<Long> expired(int limit) {
        return database.alone(connection -> database.list(connection, "expired", row -> row.getLong(1), limit));
    }

    /** Ends a job whose deadline is over, if nobody holds it; returns whether it has, and somebody waits for it. */
    public boolean expire(long id) {
        return database.alone(connection -> database.one(connection, "expire", row -> row.getBoolean(1), id));
    }

    /** Returns in how many milliseconds the next deadline is over, {@code null} for never. */
    public @Nullable Long nextDeadlineInMillis() {
        return database.alone(connection ->
                database.<@Nullable Long>one(connection, "next_deadline", row -> row.getObject(1, Long.class)));
    }

    /** Returns what is known of a job. */
    public Optional<JobDescription> find(long id) {
        return database.alone(connection -> database.list(connection, "find_job", StoredDescription::read, id)).stream()
                .findFirst();
    }

    /** A place among the keys of unique jobs. */
    public record KeyPosition(int queue, String key) {}

    /** Forgets those keys that nobody has any more, of so many after a position, {@code null} for the first. */
    public Swept<KeyPosition> sweepKeys(@Nullable KeyPosition from, int limit) {
        return database.alone(connection -> database.one(
                connection,
                "sweep_keys",
                row -> {
                    String key = row.getString(3);
                    return new Swept<>(row.getLong(1) > 0, key == null ? null : new KeyPosition(row.getInt(2), key));
                },
                from == null ? 0 : from.queue(),
                from == null ? "" : from.key(),
                limit));
    }
}
