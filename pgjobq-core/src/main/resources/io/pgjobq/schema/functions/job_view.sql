-- Jobs as people want to see them. Locks nothing; not for hot paths.
create or replace view ${schema}.job_view as
select j.id, q.name as queue, j.type, case when j.run_at is null then 'ready or running' else 'waiting' end as state,
    j.priority, j.attempt, j.enqueued_at, j.run_at, ${schema}.payload_json(j.payload) as payload, j.attributes, j.errors,
    j.errors -> -1 ->> 'type' as last_error
from ${schema}.job j left join ${schema}.queue q on q.id = j.queue_id;
