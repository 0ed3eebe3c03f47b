package io.pgjobq.benchmarks.systems;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.benchmarks.harness.Server.Database;

/** The connection pools of those that need one given. */
final class Pools {

    private Pools() {}

    /** Opens a pool of so many connections, with JDBC batches of inserts sent as one statement. */
    static HikariDataSource open(Database database, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setMaximumPoolSize(size);
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        return new HikariDataSource(config);
    }

    /**
     * Opens a pool for a client that runs jobs. The planner gets statistics first, as it has them of any table that autovacuum
     * has come by at; for a minute it would not, and some queries of some systems are then many times slower.
     */
    static HikariDataSource openAnalyzed(Database database, int size) {
        database.execute("analyze");
        return open(database, size);
    }
}
