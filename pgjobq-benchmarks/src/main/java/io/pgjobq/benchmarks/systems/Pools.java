package io.pgjobq.benchmarks.systems;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.benchmarks.harness.Server.Database;

/** The connection pools of those that need one given. */
final class Pools {

    private Pools() {}

    /** Opens a pool of so many connections, which are opened when they are needed first. */
    static HikariDataSource open(Database database, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }
}
