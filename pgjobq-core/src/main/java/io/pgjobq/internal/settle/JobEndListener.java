package io.pgjobq.internal.settle;

import io.pgjobq.internal.store.StoredOutcome;
import java.util.List;

/** Is told of the ends of jobs that somebody waits for, when they are committed. Must not block. */
@FunctionalInterface
public interface JobEndListener {

    /** The jobs have ended. */
    void ended(List<StoredOutcome> outcomes);
}
