package io.pgjobq.internal.store;

import io.pgjobq.internal.database.SqlArrays;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a claim found in a lane. The jobs come as one row of arrays: rows of their own would cost half as much again.
 *
 * @param jobs what it took
 * @param priority the lane's priority
 * @param next where to go on if the lane was emptied
 * @param look when the lane was looked at, 0 if it was emptied; where jobs have keys, 1 if there may be more of it
 * @param lines what the row says of lines instead, {@code null} if nothing
 */
record ClaimedLane(
        List<ClaimedJob> jobs,
        int priority,
        @Nullable Long next,
        long look,
        @Nullable ClaimedLines lines) {

    /** What the binary form of a time counts its microseconds from. */
    private static final long EPOCH = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();

    private static final int MICROS = 1_000_000;

    /** Returns whether the row is of no lane, but says what the queue's limits allow: how many in look, in what time more in next. */
    boolean isAllowance() {
        return priority == -1;
    }

    /** Returns whether the row has a large payload only. */
    static boolean isPayload(ResultSet row) throws SQLException {
        return row.getObject(1) == null;
    }

    /**
     * Reads a row.
     *
     * @param large payloads that came before, by the seqs of their jobs
     */
    static ClaimedLane read(ResultSet row, ClaimRequest request, Map<Long, byte[]> large) throws SQLException {
        int priority = row.getInt(1);
        long claim = row.getLong(2);
        List<ClaimedJob> jobs = row.wasNull() ? List.of() : jobs(row, request, large, priority, claim);
        long next = row.getLong(3);
        return new ClaimedLane(
                jobs,
                priority,
                row.wasNull() ? null : next,
                row.getLong(4),
                priority < -1 ? ClaimedLines.read(row) : null);
    }

    private static List<ClaimedJob> jobs(
            ResultSet row, ClaimRequest request, Map<Long, byte[]> large, int priority, long claim)
            throws SQLException {
        boolean quarantined = request.laneOf(claim) == LanePosition.QUARANTINE;
        Long[] seqs = SqlArrays.read(row, 5, Long[].class);
        @Nullable Long[] ids = SqlArrays.read(row, 6, Long[].class);
        @Nullable Short[] attempts = SqlArrays.read(row, 7, Short[].class);
        ByteBuffer sent = ByteBuffer.wrap(row.getBytes(8));
        ReadyTimes ready = new ReadyTimes(row.getBytes(9));
        String[] types = SqlArrays.read(row, 10, String[].class);
        @Nullable Integer[] sizes = SqlArrays.read(row, 11, Integer[].class);
        byte @Nullable [] all = row.getBytes(12);
        ByteBuffer payloads = ByteBuffer.wrap(all == null ? new byte[0] : all);
        @Nullable String[] attributes = SqlArrays.read(row, 13, String[].class);
        List<ClaimedJob> jobs = new ArrayList<>(seqs.length);
        for (int i = 0; i < seqs.length; i++) {
            Instant sentAt = instant(sent.getLong());
            jobs.add(new ClaimedJob(
                    ids[i] == null ? seqs[i] : ids[i],
                    seqs[i],
                    claim,
                    request.queue(),
                    priority,
                    quarantined,
                    attempts[i] == null ? 0 : attempts[i],
                    types[i],
                    sizes[i] == null ? large.get(seqs[i]) : payload(payloads, sizes[i]),
                    attributes[i],
                    sentAt,
                    ready.of(seqs[i], sentAt)));
        }
        return jobs;
    }

    /** A seq and a time for each job that was not ready when it was sent, in the order of the jobs. */
    private static final class ReadyTimes {

        private final ByteBuffer pairs;

        ReadyTimes(byte @Nullable [] pairs) {
            this.pairs = ByteBuffer.wrap(pairs == null ? new byte[0] : pairs);
        }

        Instant of(long seq, Instant otherwise) {
            if (!pairs.hasRemaining() || pairs.getLong(pairs.position()) != seq) {
                return otherwise;
            }
            pairs.getLong();
            return instant(pairs.getLong());
        }
    }

    private static byte[] payload(ByteBuffer payloads, int size) {
        byte[] payload = new byte[size];
        payloads.get(payload);
        return payload;
    }

    private static Instant instant(long micros) {
        return Instant.ofEpochSecond(EPOCH + Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000L);
    }
}
