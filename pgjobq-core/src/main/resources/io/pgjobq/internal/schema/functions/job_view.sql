-- Jobs as people want to see them. Locks nothing; not for hot paths. A job is ready if it waits for no time and no claim names
-- it; ready_at says since when it has its place in the line, and is null while it waits.
create or replace view ${schema}.job_view as
select j.id, q.name as queue, j.type,
    case
        when j.run_at is not null then 'waiting'
        when j.seq in (select unnest(c.seqs) from ${schema}.claim c) then 'running'
        else 'ready'
    end as state,
    j.priority, j.attempt, j.enqueued_at, j.run_at,
    case when j.run_at is null then coalesce(j.ready_at, j.enqueued_at) end as ready_at,
    ${schema}.payload_json(j.payload) as payload, j.attributes, j.errors, j.errors -> -1 ->> 'type' as last_error
from ${schema}.job j left join ${schema}.queue q on q.id = j.queue_id;
