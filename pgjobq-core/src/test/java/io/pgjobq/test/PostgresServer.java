package io.pgjobq.test;

/** A running server on which test databases are created, stopped when it's closed if this run started it. */
interface PostgresServer extends AutoCloseable {

    /** Enough for several pools of several nodes at once. */
    int MAX_CONNECTIONS = 300;

    /** What counts statements. */
    String PRELOADED = "pg_stat_statements";

    ServerAddress address();

    @Override
    void close();
}
