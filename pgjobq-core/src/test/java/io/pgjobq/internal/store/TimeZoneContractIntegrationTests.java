package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.TimeZone;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Time zones of the database's sessions and of the JVM, around the hours in which their clocks are changed. */
@PostgresTest
@AlsoThroughPgBouncer
class TimeZoneContractIntegrationTests {

    private final TestDatabase server;
    private final TimeZone zoneOfTheJvm = TimeZone.getDefault();

    TimeZoneContractIntegrationTests(TestDatabase server) {
        this.server = server;
        TestStore.emptyOn(server);
    }

    @AfterEach
    void restoreZones() {
        TimeZone.setDefault(zoneOfTheJvm);
    }

    @ParameterizedTest
    @CsvSource({
        "America/New_York, 2027-03-14T07:00:00Z",
        "America/New_York, 2027-11-07T06:00:00Z",
        "Australia/Lord_Howe, 2027-10-02T15:30:00Z",
        "Australia/Lord_Howe, 2027-04-03T15:00:00Z"
    })
    void anInstantIsStoredAsItIs(String zone, Instant change) {
        TestStore store = in(zone);
        for (int minutes = -120; minutes <= 120; minutes += 15) {
            Instant instant = change.plus(minutes, ChronoUnit.MINUTES);
            long id = store.send(new NewJob(TestStore.QUEUE, 5, null, instant, null, false), "");
            assertThat(server.queryOne(
                            "select extract(epoch from run_at)::bigint from pgjobq.job_view where id = ?",
                            Long.class,
                            id))
                    .isEqualTo(instant.getEpochSecond());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "America/New_York, 2027-03-12",
        "America/New_York, 2027-11-05",
        "Australia/Lord_Howe, 2027-10-01",
        "Australia/Lord_Howe, 2027-04-02"
    })
    void theDaysOnWhichJobsMayBeForgottenFollowEachOther(String zone, String from) {
        // Around the change there is an end of a job every quarter of an hour, and none skips or repeats a day.
        assertThat(queryIn(
                        zone,
                        "select count(*) = 5 and max(day) - min(day) = 4 and min(ends) = 96 and max(ends) = 96 from ("
                                + " select pgjobq.drop_on(t, interval '1 day') as day, count(*) as ends"
                                + " from generate_series('" + from + " 00:00Z'::timestamptz, '" + from
                                + " 00:00Z'::timestamptz + interval '119 hours 45 minutes', interval '15 minutes') t"
                                + " group by 1) d"))
                .isTrue();
    }

    /** Zones made up for it, so that the clock changes tomorrow, by so much that a day is skipped whatever the hour is now. */
    @ParameterizedTest
    @ValueSource(strings = {"AAA0BBB-20", "AAA-20BBB0"})
    void noPartitionIsMissingWhereADayOfTheSessionIsShortOrLong(String rules) {
        String zone = server.queryOne(
                "select ?::text || ',J' || n || '/0,J' || (n + 100) % 365 + 1 || '/0' from (select 1 + extract(doy from"
                        + " clock_timestamp() at time zone ?)::int % 365 as n) d",
                String.class, rules, rules.substring(0, rules.indexOf('B')));
        server.execute(
                "do $$ declare p text; begin for p in select c.relname from pg_inherits i join pg_class c on c.oid ="
                        + " i.inhrelid where i.inhparent = 'pgjobq.finished_job'::regclass loop execute format('drop table"
                        + " pgjobq.%I', p); end loop; end $$");

        in(Objects.requireNonNull(zone)).finished().maintain();

        assertThat(server.queryOne(
                        "select count(*) from generate_series(0, 71) h, (values (interval '0'), ('1 day'), ('30 days')) k"
                                + " (keep) where to_regclass('pgjobq.finished_job_' || to_char(pgjobq.drop_on("
                                + "clock_timestamp() + h * interval '1 hour', k.keep), 'YYYYMMDD')) is null",
                        Long.class))
                .as("hours without a partition, in %s", zone)
                .isZero();
    }

    @Test
    void aDelayIsALengthOfTimeInEveryZone() {
        for (String zone : new String[] {"UTC", "America/New_York", "Australia/Lord_Howe"}) {
            TestStore store = in(zone);
            long id = store.send(TestStore.delayedJob(400L * 24 * 3600 * 1000), "");
            assertThat(server.queryOne(
                            "select round(extract(epoch from run_at - enqueued_at) / 3600)::bigint from pgjobq.job_view"
                                    + " where id = ?",
                            Long.class,
                            id))
                    .isEqualTo(400 * 24);
        }
    }

    private boolean queryIn(String zone, String sql) {
        return Objects.requireNonNull(new JdbcTemplate(pool(zone)).queryForObject(sql, Boolean.class));
    }

    private TestStore in(String zone) {
        if (TimeZone.getTimeZone(zone).getID().equals(zone)) {
            TimeZone.setDefault(TimeZone.getTimeZone(zone));
        }
        return TestStore.on(server, pool(zone), "pgjobq");
    }

    /** The driver tells the server the JVM's zone; this one is set later. */
    private DataSource pool(String zone) {
        return new DelegatingDataSource(server.dataSource()) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                try (Statement statement = connection.createStatement()) {
                    statement.execute("set timezone = '" + zone + "'");
                }
                return connection;
            }
        };
    }
}
