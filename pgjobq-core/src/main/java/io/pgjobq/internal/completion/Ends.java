package io.pgjobq.internal.completion;

import io.pgjobq.internal.store.FinishedJobStore;
import io.pgjobq.internal.store.ProgressStore;
import io.pgjobq.internal.store.StoredOutcome;
import io.pgjobq.internal.store.StoredProgress;
import java.util.List;

/** Where is looked up how jobs stand. Thread-safe. */
interface Ends {

    /** Marks jobs as waited for, and returns those that have not ended. */
    List<Long> await(long[] ids);

    /** Returns what is known of the jobs' ends, one for each id. */
    List<StoredOutcome> outcomes(long[] ids);

    /** Returns how far those of the jobs are that have not ended and have reported something. */
    List<StoredProgress> progress(long[] ids);

    /** Returns what is kept in the tables. */
    static Ends of(FinishedJobStore finished, ProgressStore progressed) {
        return new Ends() {

            @Override
            public List<Long> await(long[] ids) {
                return finished.await(ids);
            }

            @Override
            public List<StoredOutcome> outcomes(long[] ids) {
                return finished.outcomes(ids);
            }

            @Override
            public List<StoredProgress> progress(long[] ids) {
                return progressed.find(ids);
            }
        };
    }
}
