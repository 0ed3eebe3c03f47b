-- Inserts one job inside the caller's transaction. Locks nothing but its own new row, so senders never wait for each other.
-- The seq is cast since its type, a domain, would tie statements that a session keeps to this very schema.
insert into ${schema}.job (id, seq, run_at, queue_id, priority, awaited, type, payload, attributes)
select n.id, case when n.run_at > n.now then null else n.id end, case when n.run_at > n.now then n.run_at end, n.queue_id,
    ?, ?, ?, ?, ?::jsonb
from (
    select q.id as queue_id, nextval('${schema}.job_seq'::regclass) as id, clock_timestamp() as now,
        coalesce(?::timestamptz, clock_timestamp() + nullif(?::bigint, 0)::double precision * interval '1 millisecond') as run_at
    from ${schema}.queue q
    where q.name = ?::text
) n
returning id, queue_id, seq::bigint, ceil(extract(epoch from run_at - clock_timestamp()) * 1000.0)::bigint
