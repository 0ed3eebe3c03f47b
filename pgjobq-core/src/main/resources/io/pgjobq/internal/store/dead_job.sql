-- A dead job, with all that is known of it. Locks nothing. The state is compared as text, so that the job is looked up along the primary
-- key, and not along the index of all dead jobs.
select f.id, q.name, f.type, f.payload, f.attributes, f.enqueued_at, f.finished_at, f.errors
from ${schema}.finished_job f join ${schema}.queue q on q.id = f.queue_id
where f.state::text operator(pg_catalog.=) 'dead' and f.payload is not null and f.id = ?
