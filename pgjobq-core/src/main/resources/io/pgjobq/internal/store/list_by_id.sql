-- Jobs that are asked for, be they over or not, a page; see the function of that name. Locks nothing. One snapshot, in which the jobs are described,
-- too, with the latest of their errors.
select f.id, f.queue, f.type, f.state, f.priority, f.attempts, f.snoozes, f.enqueued_at, f.run_at, f.started_at, f.finished_at, f.node, f.attributes,
    pg_catalog.jsonb_path_query_array(f.errors::jsonb, '$[last]')::text, f.done, f.total, f.message, f.written_at,
    0, 0, 0::bigint, l.at_id
from ${schema}.list_by_id(?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?, ?) with ordinality
    as l (id, at_id, place)
    left join lateral ${schema}.find_job(l.id) f on true
order by l.place
