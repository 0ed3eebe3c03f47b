package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.internal.schema.SchemaScript;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.Analyses;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import liquibase.integration.spring.SpringLiquibase;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.simple.JdbcClient;

@PostgresTest
@AlsoThroughPgBouncer
class MigrationIntegrationTests {

    private static TestDatabase database;

    /** Uses pgjobq's tables while the application is being put together. */
    static class EarlyUser {

        final Integer jobs;

        EarlyUser(JdbcClient jdbc) {
            jobs = jdbc.sql("select count(*) from early.job")
                    .query(Integer.class)
                    .single();
        }
    }

    /** Like an application's own migration tooling. */
    record LiquibaseUser(SpringLiquibase liquibase) {}

    @Test
    void withoutOtherMigrationsTheSchemaIsCreated() {
        Applications.on(database, "alone").run(context -> {
            assertThat(context).hasNotFailed();
            assertMigrated("alone");
        });
    }

    @Test
    void anApplicationKeepsItsLiquibaseToItself() {
        withLiquibase("with_liquibase").withBean(LiquibaseUser.class).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(SpringLiquibase.class);
            assertThat(context.getBean(LiquibaseUser.class).liquibase().getChangeLog())
                    .isEqualTo("classpath:application/changelog.yaml");
            assertThat(exists("public.liquibase_migrated")).isTrue();
            assertMigrated("with_liquibase");
        });
    }

    @Test
    void theApplicationsLiquibaseRunsFirst() {
        withLiquibase("after_liquibase")
                .run(context -> assertThat(context.getSourceApplicationContext()
                                .getBeanFactory()
                                .getBeanDefinition("pgJobqMigration")
                                .getDependsOn())
                        .contains("liquibase"));
    }

    @Test
    void theChangeLogsAreApart() {
        withLiquibase("apart").run(context -> {
            assertThat(count("select count(*) from public.databasechangelog")).isEqualTo(1);
            assertThat(count("select count(*) from apart.pgjobq_databasechangelog where author = 'application'"))
                    .isZero();
        });
    }

    /** Flyway has a connection of its own, since it sets the search path of its session, which a pooler hands on to others. */
    @Test
    void anApplicationKeepsItsFlyway() {
        Applications.on(database, "with_flyway")
                .withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
                .withPropertyValues(
                        "spring.flyway.url=" + database.directUrl(),
                        "spring.flyway.user=" + database.username(),
                        "spring.flyway.password=" + database.password(),
                        "spring.flyway.locations=classpath:application/flyway",
                        "spring.flyway.default-schema=flyway",
                        "spring.flyway.create-schemas=true")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(exists("flyway.flyway_migrated")).isTrue();
                    assertMigrated("with_flyway");
                });
    }

    @Test
    void beansThatUseTheDatabaseComeAfterTheMigration() {
        Applications.on(database, "early")
                .withBean(EarlyUser.class)
                .run(context ->
                        assertThat(context.getBean(EarlyUser.class).jobs).isZero());
    }

    @Test
    void aSecondStartFindsNothingToDo() {
        Applications.on(database, "twice").run(context -> assertThat(context).hasNotFailed());
        long changes = count("select count(*) from twice.pgjobq_databasechangelog");
        Applications.on(database, "twice").run(context -> assertThat(context).hasNotFailed());
        assertThat(count("select count(*) from twice.pgjobq_databasechangelog")).isEqualTo(changes);
    }

    @Test
    void whereTheUserMigratesAMissingSchemaFailsTheStart() {
        Applications.on(database, "missing")
                .withPropertyValues("pgjobq.migration.enabled=false")
                .run(context -> {
                    FailureAnalysis analysis = Analyses.of(context.getStartupFailure());
                    assertThat(analysis.getDescription()).contains("schema 'missing' has no pgjobq tables");
                    assertThat(exists("missing.job")).isFalse();
                });
    }

    @Test
    void whereTheUserMigratesTheShippedScriptIsEnough() {
        database.execute(SchemaScript.forSchema("by_hand"));
        Applications.on(database, "by_hand")
                .withPropertyValues("pgjobq.migration.enabled=false")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void anotherDatabaseThanPostgresqlFailsTheStart() {
        Applications.withoutDatabase()
                .withPropertyValues("spring.datasource.url=jdbc:h2:mem:jobs")
                .run(context -> {
                    FailureAnalysis analysis = Analyses.of(context.getStartupFailure());
                    assertThat(analysis.getDescription())
                            .contains("needs PostgreSQL")
                            .contains("H2");
                    assertThat(analysis.getAction()).contains("PostgreSQL 14");
                });
    }

    @Test
    void aPoolThatIsTooSmallForTheMigrationIsToldSo() {
        Applications.on(database, "narrow")
                .withPropertyValues(
                        "spring.datasource.hikari.maximum-pool-size=1",
                        "spring.datasource.hikari.connection-timeout=300")
                .run(context -> {
                    FailureAnalysis analysis = Analyses.of(context.getStartupFailure());
                    assertThat(analysis.getDescription())
                            .contains("migrates schema 'narrow' with two connections at once")
                            .contains("gave only one");
                    assertThat(analysis.getAction())
                            .contains("spring.datasource.hikari.maximum-pool-size")
                            .contains("pgjobq.migration.enabled=false");
                });
    }

    @Test
    void aPoolThatIsTooSmallForTheMigrationIsNotWaitedForInTheBackground() {
        Applications.on(database, "narrow")
                .withPropertyValues(
                        "spring.datasource.hikari.maximum-pool-size=1",
                        "spring.datasource.hikari.connection-timeout=300",
                        "pgjobq.database-required=false")
                .run(context -> assertThat(
                                Analyses.of(context.getStartupFailure()).getDescription())
                        .contains("gave only one"));
    }

    @Test
    void severalApplicationsMayStartAtOnce() throws Exception {
        int nodes = 4;
        ExecutorService executor = Executors.newFixedThreadPool(nodes);
        CountDownLatch ready = new CountDownLatch(nodes);
        try {
            List<Future<?>> starts = IntStream.range(0, nodes)
                    .<Future<?>>mapToObj(node -> executor.submit(() -> {
                        ready.countDown();
                        ready.await();
                        Applications.on(database, "together")
                                .run(context -> assertThat(context).hasNotFailed());
                        return null;
                    }))
                    .toList();
            for (Future<?> start : starts) {
                start.get();
            }
        } finally {
            executor.shutdownNow();
        }
        assertMigrated("together");
    }

    private static ApplicationContextRunner withLiquibase(String schema) {
        return Applications.on(database, schema)
                .withConfiguration(AutoConfigurations.of(LiquibaseAutoConfiguration.class))
                .withPropertyValues("spring.liquibase.change-log=classpath:application/changelog.yaml");
    }

    private static void assertMigrated(String schema) {
        assertThatNoException().isThrownBy(() -> new SchemaMigration(database.dataSource(), schema).check());
    }

    private static boolean exists(String table) {
        return Boolean.TRUE.equals(database.queryOne("select to_regclass(?) is not null", Boolean.class, table));
    }

    private static long count(String sql) {
        Long count = database.queryOne(sql, Long.class);
        return count == null ? 0 : count;
    }
}
