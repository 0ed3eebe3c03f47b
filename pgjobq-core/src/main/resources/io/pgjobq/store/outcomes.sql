-- How jobs ended. Locks nothing. One snapshot for both tables: a job that is in neither is not known. The limits keep the
-- look-ups apart: joined, they would be planned as one walk over the whole history and all rows of the hot table, dead ones
-- included.
select w.id, f.state, f.attempts, f.started_at, f.finished_at, f.result, f.error,
    coalesce((select true from ${schema}.job j where j.id = w.id limit 1), false)
from pg_catalog.unnest(?) as w (id) left join lateral (
    select e.state, e.attempts, e.started_at, e.finished_at, e.result, e.errors -> -1 as error
    from ${schema}.finished_job e
    where e.id = w.id
    limit 1
) f on true
