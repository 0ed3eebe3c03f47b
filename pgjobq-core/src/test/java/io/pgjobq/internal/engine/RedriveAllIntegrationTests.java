package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobFilter;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@PostgresTest
class RedriveAllIntegrationTests {

    /** Each job dies as soon as it is stored, however often it is redriven. */
    private static final String DIE_AGAIN = """
            create function public.die_again() returns trigger language plpgsql as $$
            begin
                delete from pgjobq.job j where j.id = new.id;
                insert into pgjobq.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at, finished_at,
                    type, payload)
                select new.id, new.queue_id, new.lane, 1, 'dead', pgjobq.drop_on(clock_timestamp(), q.keep_dead),
                    new.enqueued_at, clock_timestamp(), new.type, new.payload
                from pgjobq.queue q where q.id = new.queue_id;
                return null;
            end $$;
            create trigger die_again after insert on pgjobq.job for each row execute function public.die_again();
            insert into pgjobq.job (id, seq, queue_id, payload)
            select n, n, q.id, '' from pgjobq.queue q, generate_series(1, 1500) n""";

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void redrivingAllEndsWhereJobsDieAgainAsFast(TestDatabase database) {
        try (TestNode node = TestNode.listening(database).start()) {
            node.pgJobQ().queues().create("dying");
            database.execute(DIE_AGAIN);

            assertThat(node.pgJobQ().deadJobs().redriveAll(JobFilter.queue("dying")))
                    .isEqualTo(1_500);
        }
    }
}
