-- Jobs as people want to see them. Locks nothing; not for hot paths. A job is ready if it does not wait and no claim names it;
-- ready_at says since when it has its place in the line, and is null while it waits.
create or replace view ${schema}.job_view as
select j.id, q.name as queue, j.type,
    ${state_of(j.held)} as state,
    ${own_priority} as priority, j.attempt, coalesce(j.snoozes, 0::smallint) as snoozes, j.enqueued_at,
    case when j.lane = ${waiting_lane} then ${moment_of(j.seq)} end as run_at,
    case when j.lane < ${waiting_lane} then coalesce(j.ready_at, j.enqueued_at) end as ready_at,
    ${schema}.payload_json(j.payload) as payload, j.attributes, j.errors, j.errors -> -1 ->> 'type' as last_error
from (
    select o.*, o.seq in (select unnest(c.seqs) from ${schema}.claim c) as held from ${schema}.job o
) j left join ${schema}.queue q on q.id = j.queue_id;
