package io.pgjobq.internal.settle;

import io.pgjobq.internal.store.SettledFailure;
import io.pgjobq.internal.store.SettledSuccesses;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.Settlement.Unsuccessful;
import io.pgjobq.internal.store.Settlements;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** A store that fails as it is told. Each job is recorded once, whatever is asked. Used by the settler's thread, looked at by others. */
public final class FakeSettlements implements Settlements {

    public final List<Long> succeeded = new CopyOnWriteArrayList<>();
    public final List<Long> failed = new CopyOnWriteArrayList<>();
    public final List<Long> givenBack = new CopyOnWriteArrayList<>();
    volatile int calls;
    volatile int releases;

    /** For how many releases a handler's transaction holds the claim. */
    volatile int held;

    private volatile int failures;
    private IntFunction<Throwable> failure = i -> new IllegalStateException();
    private volatile @Nullable Error after;

    public void fail(int count, IntFunction<Throwable> with) {
        failure = with;
        failures = count;
    }

    /** Fails once, when what was asked has been committed. */
    public void failAfter(Error error) {
        after = error;
    }

    @Override
    public SettledSuccesses succeeded(List<Succeeded> batch, long[] emptied) {
        if (!batch.isEmpty()) {
            call();
        }
        long[] settled = batch.stream()
                .mapToLong(success -> success.job().id())
                .filter(id -> !succeeded.contains(id))
                .toArray();
        for (long id : settled) {
            succeeded.add(id);
        }
        failNow();
        return new SettledSuccesses(settled, new long[0], Instant.EPOCH, emptied);
    }

    @Override
    public List<SettledFailure> failed(List<? extends Unsuccessful> batch) {
        call();
        batch.forEach(each -> failed.add(each.job().id()));
        return batch.stream()
                .map(failed -> new SettledFailure(failed.job().id(), false, false, Instant.EPOCH))
                .toList();
    }

    @Override
    public long[] released(List<Released> batch, long[] emptied) {
        releases++;
        if (held-- > 0) {
            return new long[0];
        }
        batch.forEach(each -> givenBack.add(each.job().id()));
        return batch.stream().mapToLong(released -> released.job().claim()).toArray();
    }

    private void call() {
        calls++;
        if (failures > 0) {
            failures--;
            FakeSettlements.<RuntimeException>sneak(failure.apply(failures));
        }
    }

    private void failNow() {
        Error error = after;
        after = null;
        if (error != null) {
            throw error;
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable failure) throws T {
        throw (T) failure;
    }
}
