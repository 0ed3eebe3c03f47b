-- Inserts one job inside the caller's transaction, to wait until its time has come. Locks nothing but its own new row.
insert into ${schema}.job (id, seq, run_at, queue_id, priority, awaited, type, payload, attributes)
select n.id, n.id, case when n.run_at > n.now then n.run_at end, n.queue_id, ?, ?, ?, ?, ?::jsonb
from (
    select q.id as queue_id, nextval('${schema}.job_seq'::regclass) as id, clock_timestamp() as now,
        coalesce(?::timestamptz, clock_timestamp() + ?::bigint::double precision * interval '1 millisecond') as run_at
    from ${schema}.queue q
    where q.name = ?::text
) n
returning id, queue_id, ceil(extract(epoch from run_at - clock_timestamp()) * 1000.0)::bigint
