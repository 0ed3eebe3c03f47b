-- Creates a schedule, or changes one that is as it was seen. A paused one stays so. Locks its row. No row: there is no such queue, or
-- somebody else has changed the schedule meanwhile.
insert into ${schema}.schedule as s (name, by_code, cron, zone, every, missed, catch_up, overlap, queue_id, priority, type, payload,
    attributes, next_at, due_at)
select n.name, n.by_code, n.cron, n.zone, n.every, n.missed, n.catch_up, n.overlap, q.id, n.priority, n.type, n.payload, n.attributes,
    n.next_at, n.next_at
from (
    select ?::text as name, ?::boolean as by_code, ?::text as cron, ?::text as zone, ?::bigint as every, ?::text as missed,
        ?::integer as catch_up, ?::text as overlap, ?::text as queue, ?::smallint as priority, ?::text as type, ?::bytea as payload,
        ?::jsonb as attributes, ?::timestamptz as next_at
) n join ${schema}.queue q on q.name = n.queue
on conflict (name) do update
set by_code = excluded.by_code, version = s.version + 1, cron = excluded.cron, zone = excluded.zone, every = excluded.every,
    missed = excluded.missed, catch_up = excluded.catch_up, overlap = excluded.overlap, queue_id = excluded.queue_id,
    priority = excluded.priority, type = excluded.type, payload = excluded.payload, attributes = excluded.attributes,
    next_at = excluded.next_at, due_at = case when not s.paused then excluded.next_at end
where s.version = ?::integer
returning s.version
