-- Inserts many jobs inside the caller's transaction, in the order given. Locks nothing but its own new rows.
with target as materialized (
    select q.id as queue_id, clock_timestamp() as now,
        coalesce(?::timestamptz, clock_timestamp() + nullif(?::bigint, 0)::double precision * interval '1 millisecond') as run_at
    from ${schema}.queue q
    where q.name = ?::text
), sent as (
    insert into ${schema}.job (id, seq, run_at, queue_id, priority, type, payload, attributes)
    select n.id, n.id, case when n.run_at > n.now then n.run_at end, n.queue_id, ?, n.type, n.payload, ?::jsonb
    from (
        select nextval('${schema}.job_seq'::regclass) as id, t.queue_id, t.now, t.run_at, p.type, p.payload
        from target t cross join unnest(?::text[], ?::bytea[]) with ordinality as p (type, payload, place)
        order by p.place
    ) n
    returning id, run_at
)
select (select t.queue_id from target t), pg_catalog.array_agg(s.id order by s.id),
    ceil(extract(epoch from min(s.run_at) - clock_timestamp()) * 1000.0)::bigint
from sent s
