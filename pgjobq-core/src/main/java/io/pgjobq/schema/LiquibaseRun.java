package io.pgjobq.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import liquibase.Scope;
import liquibase.UpdateSummaryOutputEnum;
import liquibase.integration.spring.SpringLiquibase;
import liquibase.ui.UIServiceEnum;
import org.springframework.core.io.DefaultResourceLoader;

/** One run of Liquibase, with change-log tables of pgjobq's own, so that it never meets the application's. */
final class LiquibaseRun {

    private static final String LOCK_TABLE = "pgjobq_databasechangeloglock";

    private final DataSource dataSource;
    private final String schema;

    LiquibaseRun(DataSource dataSource, String schema) {
        this.dataSource = dataSource;
        this.schema = schema;
    }

    /** Applies what is missing. The caller sees to it that nobody else does so at the same time. */
    void update() throws SQLException {
        forgetStaleLock();
        SpringLiquibase liquibase = new SpringLiquibase();
        liquibase.setResourceLoader(new DefaultResourceLoader(LiquibaseRun.class.getClassLoader()));
        liquibase.setChangeLog("classpath:io/pgjobq/schema/changelog.yaml");
        liquibase.setDataSource(dataSource);
        liquibase.setDefaultSchema(schema);
        liquibase.setLiquibaseSchema(schema);
        liquibase.setDatabaseChangeLogTable("pgjobq_databasechangelog");
        liquibase.setDatabaseChangeLogLockTable(LOCK_TABLE);
        liquibase.setChangeLogParameters(Map.of("schema", schema));
        liquibase.setUiService(UIServiceEnum.LOGGER);
        liquibase.setShowSummaryOutput(UpdateSummaryOutputEnum.LOG);
        liquibase.setAnalyticsEnabled(false);
        try {
            Scope.child(Scope.Attr.logService, new QuietLogService(), liquibase::afterPropertiesSet);
        } catch (Exception ex) {
            throw new SQLException("schema '" + schema + "' can't be migrated: " + ex.getMessage(), ex);
        }
    }

    /** Whoever holds Liquibase's lock now is dead: its row outlives a killed process, the advisory lock does not. */
    private void forgetStaleLock() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists " + schema + "." + LOCK_TABLE);
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
    }
}
