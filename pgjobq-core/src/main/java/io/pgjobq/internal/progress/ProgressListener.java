package io.pgjobq.internal.progress;

import io.pgjobq.internal.store.StoredProgress;
import java.util.List;

/** Is told in this process of progress that has been written. Must not block. */
@FunctionalInterface
public interface ProgressListener {

    /** The jobs are so far. */
    void progressed(List<StoredProgress> progress);
}
