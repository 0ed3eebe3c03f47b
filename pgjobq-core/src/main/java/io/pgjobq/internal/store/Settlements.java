package io.pgjobq.internal.store;

import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.Settlement.Unsuccessful;
import java.util.List;

/** Recording how attempts ended, in batches. */
public interface Settlements {

    /** Ends jobs that succeeded, and deletes claims that are emptied by it. */
    SettledSuccesses succeeded(List<Succeeded> succeeded, long[] emptiedClaims);

    /** Records attempts that did not succeed; those that are not returned were lost. */
    List<SettledFailure> failed(List<? extends Unsuccessful> failed);

    /**
     * Gives jobs back.
     *
     * @return the claims that no longer hold them; the others are held by a handler's transaction at this moment
     */
    long[] released(List<Released> batch, long[] emptiedClaims);

    /** Deletes claims of which every job is settled; returns those that are gone. */
    default long[] removeClaims(long[] claims) {
        return succeeded(List.of(), claims).removedClaims();
    }
}
