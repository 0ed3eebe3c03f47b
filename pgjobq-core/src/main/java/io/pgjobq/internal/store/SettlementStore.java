package io.pgjobq.internal.store;

import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.SqlArrays;
import io.pgjobq.internal.database.SqlTimes;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.Settlement.Unsuccessful;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Recording how attempts ended. Every method changes only jobs whose claim still exists, and says which those were.
 * Thread-safe.
 */
public final class SettlementStore implements Settlements {

    private final Database database;

    public SettlementStore(Database database) {
        this.database = database;
    }

    @Override
    public SettledSuccesses succeeded(List<Succeeded> succeeded, long[] emptiedClaims) {
        List<Succeeded> batch = inLockOrder(succeeded);
        byte[] @Nullable [] results = new byte[batch.size()] @Nullable [];
        for (int i = 0; i < results.length; i++) {
            results[i] = batch.get(i).result();
        }
        return database.alone(connection -> database.one(
                connection,
                "settle_succeeded",
                row -> new SettledSuccesses(
                        SqlArrays.longs(row, 1),
                        SqlArrays.longs(row, 2),
                        SqlTimes.instant(row, 3),
                        SqlArrays.longs(row, 4)),
                longs(batch, s -> s.job().id()),
                longs(batch, s -> s.job().seq()),
                longs(batch, s -> s.job().claim()),
                longs(batch, Succeeded::micros),
                results,
                queues(batch),
                claims(batch),
                emptiedClaims));
    }

    @Override
    public List<SettledFailure> failed(List<? extends Unsuccessful> failed) {
        List<? extends Unsuccessful> batch = inLockOrder(failed);
        return database.alone(connection -> database.list(
                connection,
                "settle_failed",
                row -> new SettledFailure(
                        row.getLong(1), row.getBoolean(2), row.getBoolean(3), SqlTimes.instant(row, 4)),
                longs(batch, s -> s.job().id()),
                longs(batch, s -> s.job().seq()),
                longs(batch, s -> s.job().claim()),
                longs(batch, Unsuccessful::micros),
                errors(batch, Failure::type),
                errors(batch, Failure::message),
                errors(batch, Failure::stack),
                batch.stream().map(Unsuccessful::waitsInMillis).toArray(Long[]::new),
                batch.stream().map(Unsuccessful::endState).toArray(String[]::new),
                claims(batch)));
    }

    @Override
    public long[] released(List<Released> batch, long[] emptiedClaims) {
        return database.alone(connection -> database.one(
                connection,
                "release",
                row -> SqlArrays.longs(row, 1),
                longs(batch, s -> s.job().seq()),
                longs(batch, s -> s.job().claim()),
                emptiedClaims));
    }

    /**
     * Gives back jobs that the node does not know of.
     *
     * @param jobs each with its seq, of claims that hold others too
     * @param claims claims that the node knows no job of
     */
    public void releaseUnknown(List<HeldJob> jobs, long[] claims) {
        long[] seqs = longs(jobs, job -> Objects.requireNonNull(job.seq()));
        long[] all = LongStream.concat(jobs.stream().mapToLong(HeldJob::claim), LongStream.of(claims))
                .toArray();
        database.alone(connection -> database.list(connection, "release", row -> true, seqs, all, claims));
    }

    /** Returns whether the calling thread is in a transaction in which a job can be completed. */
    public boolean canComplete() {
        return database.inTransaction();
    }

    /** Completes a job in the calling thread's transaction; {@code null} if the job was lost. */
    public @Nullable TransactionalEnd complete(ClaimedJob job, long micros, byte @Nullable [] result) {
        List<TransactionalEnd> completions = database.joined(connection -> database.list(
                connection,
                "complete",
                row -> new TransactionalEnd(row.getBoolean(1), SqlTimes.instant(row, 2)),
                job.id(),
                job.seq(),
                job.claim(),
                micros,
                result));
        return completions.isEmpty() ? null : completions.get(0);
    }

    /** Completes the jobs of a batch in the calling thread's transaction, unless one of them was lost: then none. */
    public TransactionalEnds completeAll(List<Succeeded> succeeded) {
        List<Succeeded> batch = inLockOrder(succeeded);
        return database.joined(connection -> database.one(
                connection,
                "complete_all",
                row -> new TransactionalEnds(
                        SqlArrays.longs(row, 1), SqlArrays.longs(row, 2), SqlTimes.instant(row, 3)),
                longs(batch, s -> s.job().id()),
                longs(batch, s -> s.job().seq()),
                longs(batch, s -> s.job().claim()),
                claims(batch),
                batch.get(0).micros()));
    }

    /** Whoever locks many jobs does so in the order of their ids, so that no two wait for each other. */
    private static <S extends Settlement> List<S> inLockOrder(List<S> batch) {
        return batch.stream()
                .sorted(Comparator.comparingLong(settlement -> settlement.job().id()))
                .toList();
    }

    private static long[] claims(List<? extends Settlement> batch) {
        return SqlArrays.distinct(longs(batch, s -> s.job().claim()));
    }

    private static int[] queues(List<? extends Settlement> batch) {
        long[] queues = SqlArrays.distinct(longs(batch, s -> s.job().queue()));
        return LongStream.of(queues).mapToInt(Math::toIntExact).toArray();
    }

    private static <S> long[] longs(List<S> batch, ToLongFunction<S> value) {
        return batch.stream().mapToLong(value).toArray();
    }

    private static @Nullable String[] errors(List<? extends Unsuccessful> batch, Function<Failure, String> part) {
        return batch.stream()
                .map(Unsuccessful::error)
                .map(error -> error == null ? null : part.apply(error))
                .toArray(String[]::new);
    }
}
