package io.pgjobq.autoconfigure;

import io.pgjobq.PgJobqException;
import java.util.List;

/** There is no {@code DataSource} for pgjobq, or there are several and none is marked. */
@SuppressWarnings("serial")
final class QueueDataSourceException extends PgJobqException {

    private final List<String> candidates;

    QueueDataSourceException(List<String> candidates) {
        super(
                candidates.isEmpty()
                        ? "pgjobq needs a DataSource, but there is none"
                        : "pgjobq needs one DataSource, but can't choose from " + String.join(", ", candidates));
        this.candidates = List.copyOf(candidates);
    }

    List<String> candidates() {
        return candidates;
    }
}
