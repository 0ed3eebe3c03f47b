package io.pgjobq.test;

import java.util.Optional;
import java.util.function.Function;

/** Whether the tests' pools lead through PgBouncer, in transaction mode, and what listens then. */
public enum PgBouncerMode {

    /** Pools lead straight to the server. */
    OFF(""),

    /** Pools lead through PgBouncer, and nodes listen on connections straight to the server. */
    LISTEN_DIRECT("listen-direct"),

    /** Pools lead through PgBouncer, and nodes poll only. */
    POLL_ONLY("poll-only");

    static final String PROPERTY = "pgjobq.test.pgbouncer";

    private final String value;

    PgBouncerMode(String value) {
        this.value = value;
    }

    /** Reads the mode of this run, which is a system property for JUnit. */
    static PgBouncerMode from(Function<String, Optional<String>> properties) {
        String wanted = properties.apply(PROPERTY).map(String::strip).orElse("");
        for (PgBouncerMode mode : values()) {
            if (mode.value.equals(wanted)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(
                PROPERTY + " must be '" + LISTEN_DIRECT + "', '" + POLL_ONLY + "' or empty, but is '" + wanted + "'");
    }

    @Override
    public String toString() {
        return value;
    }
}
