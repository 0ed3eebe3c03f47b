-- Finished jobs as people want to see them. Locks nothing; not for hot paths.
create or replace view ${schema}.finished_job_view as
select f.id, q.name as queue, f.type, f.state, f.priority, f.attempts, f.enqueued_at, f.started_at, f.finished_at,
    ${schema}.payload_json(f.result) as result, ${schema}.payload_json(f.payload) as payload, f.attributes, f.errors,
    f.errors -> -1 ->> 'type' as last_error
from ${schema}.finished_job f left join ${schema}.queue q on q.id = f.queue_id;
