package io.pgjobq.benchmarks.systems;

import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Server.Database;
import org.jspecify.annotations.Nullable;

/** A job queue under test, at its documented best settings. Stateless. */
public interface QueueSystem {

    /** The name by which the command line and the report know it. */
    String name();

    /** The library and its version, and what differs from its defaults. */
    String description();

    /** Why it can't run on this machine, {@code null} if it can. */
    default @Nullable String missing() {
        return null;
    }

    /** Prepares an empty database. */
    void install(Database database);

    /** Opens a client in this process, which sends and, if it is told so, runs jobs. */
    Client open(Database database, ClientOptions options, Ledger ledger);

    /** The query that counts the jobs that are not finished. */
    String unfinished();
}
