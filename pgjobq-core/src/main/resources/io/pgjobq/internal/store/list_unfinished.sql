-- Unfinished jobs that are asked for, a page; see the function of that name. Locks nothing. One snapshot, in which the jobs are described,
-- too, with the latest of their errors.
select f.id, f.queue, f.type, f.state, f.priority, f.attempts, f.snoozes, f.enqueued_at, f.run_at, f.started_at, f.finished_at, f.node, f.attributes,
    pg_catalog.jsonb_path_query_array(f.errors::jsonb, '$[last]')::text, f.done, f.total, f.message, f.written_at,
    l.at_queue, l.at_lane, l.at_seq, l.at_id
from ${schema}.list_unfinished(?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) with ordinality
    as l (id, at_queue, at_lane, at_seq, at_id, place)
    left join lateral ${schema}.find_job(l.id) f on true
order by l.place
