-- How jobs ended. Locks nothing. One snapshot for both tables: a job that is in neither is not known.
select w.id, f.state, f.attempts, f.started_at, f.finished_at, f.result,
    f.errors -> -1, exists (select from ${schema}.job j where j.id = w.id)
from pg_catalog.unnest(?) as w (id) left join ${schema}.finished_job f on f.id = w.id
