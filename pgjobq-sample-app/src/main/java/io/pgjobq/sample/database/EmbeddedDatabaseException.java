package io.pgjobq.sample.database;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The embedded PostgreSQL can't be started. */
@SuppressWarnings("serial")
class EmbeddedDatabaseException extends RuntimeException {

    private final transient Path home;

    EmbeddedDatabaseException(String message, Path home, @Nullable Throwable cause) {
        super(message, cause);
        this.home = home;
    }

    Path home() {
        return home;
    }
}
