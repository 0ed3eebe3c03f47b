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
}
