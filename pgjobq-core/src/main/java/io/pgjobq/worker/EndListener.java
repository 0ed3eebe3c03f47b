package io.pgjobq.worker;

import io.pgjobq.store.StoredOutcome;
import java.util.List;

/** Is told of the ends of jobs that somebody waits for, when they are committed. Must not block. */
@FunctionalInterface
public interface EndListener {

    /** The jobs have ended. */
    void ended(List<StoredOutcome> outcomes);
}
