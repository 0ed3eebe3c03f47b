-- Finished jobs as people want to see them. Locks nothing; not for hot paths. ready_at and waited are those of the last
-- attempt; no attempt of a cancelled job is known to have had its turn.
create or replace view ${schema}.finished_job_view as
select f.id, q.name as queue, f.type, f.state, f.priority, f.attempts, coalesce(f.snoozes, 0::smallint) as snoozes, f.enqueued_at,
    case when f.state <> 'cancelled' then coalesce(f.ready_at, f.enqueued_at) end as ready_at,
    f.started_at, f.finished_at, f.started_at - coalesce(f.ready_at, f.enqueued_at) as waited,
    ${schema}.payload_json(f.result) as result, ${schema}.payload_json(f.payload) as payload, f.attributes, f.errors,
    f.errors -> -1 ->> 'type' as last_error
from ${schema}.finished_job f left join ${schema}.queue q on q.id = f.queue_id;
