package io.pgjobq.reliability.harness;

import static org.assertj.core.api.Assertions.assertThat;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Holds pgjobq's tables against the books of the application. Nobody may be sending or working meanwhile.
 *
 * @param committed jobs whose sending transaction committed
 * @param succeeded jobs that ended well
 * @param dead jobs that ended badly
 * @param cancelled jobs that somebody ended
 * @param waiting jobs that are not over
 * @param lost committed jobs that are nowhere
 * @param phantom jobs that nobody committed
 * @param endedTwice jobs with two ends, or with an end and still there
 * @param wrongEffects jobs of transactional handlers that succeeded without exactly one effect, or left one otherwise
 * @param neverRan jobs of plain handlers that succeeded without a start and a return
 * @param repeated starts of jobs beyond the first
 * @param unexplained such starts that no incident explains: neither one that hit the earlier start, nor one during which the
 *     later was booked, as a worker does that had begun it before it was stopped
 */
public record Audit(
        long committed,
        long succeeded,
        long dead,
        long cancelled,
        long waiting,
        long lost,
        long phantom,
        long endedTwice,
        long wrongEffects,
        long neverRan,
        long repeated,
        long unexplained) {

    private static final String COUNT = """
            with present as (
                select id from pgjobq.job union all select id from pgjobq.finished_job
            ), effect as (
                select job_id, count(*) as effects from books.effect group by job_id
            ), succeeded as (
                select f.id, q.name as queue from pgjobq.finished_job f join pgjobq.queue q on q.id = f.queue_id
                where f.state = 'succeeded'
            ), started as (
                select job_id, worker, started_at, lead(started_at) over again as started_again_at,
                    lead(worker) over again as worker_again
                from books.started
                window again as (partition by job_id order by started_at)
            )
            select (select count(*) from books.sent) as committed,
                (select count(*) from succeeded) as succeeded,
                (select count(*) from pgjobq.finished_job where state = 'dead') as dead,
                (select count(*) from pgjobq.finished_job where state = 'cancelled') as cancelled,
                (select count(*) from pgjobq.job) as waiting,
                (select count(*) from books.sent s where not exists (select from present p where p.id = s.job_id)) as lost,
                (select count(*) from present p where not exists (select from books.sent s where s.job_id = p.id))
                    as phantom,
                (select count(*) from (select id from present group by id having count(*) > 1) as twice) as ended_twice,
                (select count(*) from succeeded s left join effect e on e.job_id = s.id
                    where s.queue = 'transfer' and coalesce(e.effects, 0) <> 1)
                    + (select count(*) from effect e where not exists (select from succeeded s where s.id = e.job_id))
                    as wrong_effects,
                (select count(*) from succeeded s where s.queue = 'plain'
                    and not (exists (select from books.started b where b.job_id = s.id)
                        and exists (select from books.returned b where b.job_id = s.id))) as never_ran,
                (select count(*) from started where started_again_at is not null) as repeated,
                (select count(*) from started s where started_again_at is not null
                    and not exists (select from books.incident i where i.began_at <= s.started_again_at
                        and ((i.worker is null or i.worker = s.worker) and i.ended_at >= s.started_at
                            or i.worker = s.worker_again and i.ended_at >= s.started_again_at))) as unexplained""";

    static Audit of(JdbcClient database) {
        return database.sql(COUNT)
                .query((row, number) -> new Audit(
                        row.getLong("committed"),
                        row.getLong("succeeded"),
                        row.getLong("dead"),
                        row.getLong("cancelled"),
                        row.getLong("waiting"),
                        row.getLong("lost"),
                        row.getLong("phantom"),
                        row.getLong("ended_twice"),
                        row.getLong("wrong_effects"),
                        row.getLong("never_ran"),
                        row.getLong("repeated"),
                        row.getLong("unexplained")))
                .single();
    }

    /** Everything that was committed ended once or is still there, and nothing else is. */
    public Audit assertClean() {
        assertThat(this).satisfies(audit -> {
            assertThat(audit.committed).as("committed").isPositive();
            assertThat(audit.succeeded + audit.dead + audit.cancelled + audit.waiting)
                    .as("ended or waiting")
                    .isEqualTo(audit.committed);
            assertThat(audit.lost).as("lost").isZero();
            assertThat(audit.phantom).as("never committed").isZero();
            assertThat(audit.endedTwice).as("ended twice").isZero();
            assertThat(audit.wrongEffects).as("effects not exactly once").isZero();
            assertThat(audit.neverRan).as("succeeded without having run").isZero();
            assertThat(audit.unexplained).as("repeated without a reason").isZero();
        });
        return this;
    }

    /** Clean, and every job succeeded. */
    public Audit assertAllSucceeded() {
        assertClean();
        assertThat(succeeded).as("succeeded").isEqualTo(committed);
        return this;
    }
}
