package io.pgjobq.internal.settle;

import io.pgjobq.internal.store.SettledFailure;
import io.pgjobq.internal.store.SettledSuccesses;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.Settlement.Unsuccessful;
import io.pgjobq.internal.store.Settlements;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;

/** A store that answers as it is told, and remembers what it was asked. Used by one thread. */
final class ScriptedSettlements implements Settlements {

    static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    final List<String> calls = new ArrayList<>();

    /** The ids of jobs that somebody waits for, that were taken away, or of which the server refuses what is to be stored. */
    final Set<Long> awaited = new HashSet<>();

    final Set<Long> lost = new HashSet<>();
    final Set<Long> refusedSuccesses = new HashSet<>();
    final Set<Long> refusedFailures = new HashSet<>();

    /** Claims that handlers' transactions hold. */
    final Set<Long> held = new HashSet<>();

    boolean keepsClaims;
    private String failing = "";
    private @Nullable Throwable failure;

    /** The next call that begins so fails. */
    void failNext(String call, Throwable with) {
        failing = call;
        failure = with;
    }

    @Override
    public SettledSuccesses succeeded(List<Succeeded> batch, long[] emptied) {
        call("succeeded", ids(batch) + " " + Arrays.toString(emptied));
        refuse(batch, refusedSuccesses);
        return new SettledSuccesses(
                ids(batch).stream()
                        .filter(id -> !lost.contains(id))
                        .mapToLong(id -> id)
                        .toArray(),
                ids(batch).stream()
                        .filter(awaited::contains)
                        .mapToLong(id -> id)
                        .toArray(),
                AT,
                keepsClaims ? new long[0] : emptied);
    }

    @Override
    public List<SettledFailure> failed(List<? extends Unsuccessful> batch) {
        call("failed", ids(batch).toString());
        refuse(batch, refusedFailures);
        return batch.stream()
                .filter(each -> !lost.contains(each.job().id()))
                .map(each -> new SettledFailure(
                        each.job().id(),
                        each.waitsInMillis() == null,
                        awaited.contains(each.job().id()),
                        AT))
                .toList();
    }

    @Override
    public long[] released(List<Released> batch, long[] emptied) {
        call("released", ids(batch) + " " + Arrays.toString(emptied));
        LongStream claims = batch.stream().mapToLong(each -> each.job().claim());
        return claims.filter(claim -> !held.contains(claim)).toArray();
    }

    private static void refuse(List<? extends Settlement> batch, Set<Long> refused) {
        if (ids(batch).stream().anyMatch(refused::contains)) {
            throw new DataIntegrityViolationException("refused", new SQLException("refused", "22021"));
        }
    }

    private void call(String name, String what) {
        calls.add(name + " " + what);
        Throwable now = (name + " " + what).startsWith(failing) ? failure : null;
        if (now != null) {
            failure = null;
            ScriptedSettlements.<RuntimeException>sneak(now);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable failure) throws T {
        throw (T) failure;
    }

    private static List<Long> ids(List<? extends Settlement> batch) {
        return batch.stream().map(each -> each.job().id()).toList();
    }
}
