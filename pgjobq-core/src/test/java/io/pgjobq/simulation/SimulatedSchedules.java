package io.pgjobq.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.PgJobQ;
import io.pgjobq.Schedule;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** Schedules whose jobs are sent while nodes are killed and frozen: for each time one, and none left out. */
final class SimulatedSchedules {

    static final String QUEUE = "scheduled";

    /** The logical type of their jobs, where those of senders have a number. */
    static final String TYPE = "scheduled";

    private static final int COUNT = 40;

    private final PgJobQ pgJobQ;

    SimulatedSchedules(TestDatabase database) {
        pgJobQ = PgJobQ.builder(database.dataSource()).listenConnections(null).build();
    }

    void start() {
        for (int i = 0; i < COUNT; i++) {
            // So that they are hardly ever due together.
            pgJobQ.schedules()
                    .save(Schedule.of("schedule-" + i, QUEUE)
                            .every(Duration.ofMillis(1_000 + 7 * i))
                            .type(TYPE)
                            .payload("0")
                            .catchUp(1_000)
                            .build());
        }
    }

    /** No more jobs are sent from now on. */
    void stop() {
        for (int i = 0; i < COUNT; i++) {
            assertThat(pgJobQ.schedules().pause("schedule-" + i)).isTrue();
        }
        pgJobQ.close();
    }

    /** Returns how many jobs they have sent. */
    static int audit(JdbcTemplate jdbc) {
        List<String> wrong = jdbc.queryForList("""
                with sent as (
                    select attributes ->> 'pgjobq.schedule' as schedule,
                        (attributes ->> 'pgjobq.scheduled-at')::timestamptz as time
                    from pgjobq.finished_job where type = 'scheduled' and state = 'succeeded'
                ), next as (
                    select schedule, time, lead(time) over (partition by schedule order by time) as next from sent
                )
                select n.schedule || ': ' || n.time || ', then ' || n.next
                from next n
                where n.next is not null and n.next - n.time
                    <> (1000 + 7 * split_part(n.schedule, '-', 2)::integer) * interval '1 millisecond'""", String.class);
        assertThat(wrong).as("times for which no job or two were sent").isEmpty();
        Integer schedules = jdbc.queryForObject(
                "select count(distinct attributes ->> 'pgjobq.schedule') from pgjobq.finished_job where type = 'scheduled'",
                Integer.class);
        assertThat(schedules).isEqualTo(COUNT);
        Integer jobs =
                jdbc.queryForObject("select count(*) from pgjobq.finished_job where type = 'scheduled'", Integer.class);
        return jobs == null ? 0 : jobs;
    }
}
