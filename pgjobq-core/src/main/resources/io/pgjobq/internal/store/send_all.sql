-- Inserts many jobs inside the caller's transaction, in the order given, which those that wait keep by a microsecond each. Locks
-- nothing but its own new rows.
with target as materialized (
    select q.id as queue_id, clock_timestamp() as now,
        coalesce(?::timestamptz, clock_timestamp() + nullif(?::bigint, 0)::double precision * interval '1 millisecond') as run_at
    from ${schema}.queue q
    where q.name = ?::text
), place as materialized (
    select t.queue_id, t.run_at, p.priority, p.attributes, coalesce(t.run_at > t.now, false) as waits
    from target t cross join (select ?::smallint as priority, ?::jsonb as attributes) p
), sent as (
    insert into ${schema}.job (id, seq, lane, priority, queue_id, type, payload, attributes)
    select n.id, ${new_place(n.id, n.priority, n.run_at + n.place::double precision * interval '1 microsecond', n.waits)},
        n.queue_id, n.type, n.payload, n.attributes
    from (
        select nextval('${schema}.job_seq'::regclass) as id, l.*, p.type, p.payload, p.place - 1 as place
        from place l cross join unnest(?::text[], ?::bytea[]) with ordinality as p (type, payload, place)
        order by p.place
    ) n
    returning id, seq, lane
)
select (select t.queue_id from target t), pg_catalog.array_agg(s.id order by s.id),
    ceil((min(s.seq::numeric) filter (where s.lane::smallint = ${waiting_lane}) - extract(epoch from clock_timestamp()) * 1000000.0) / 1000.0)::bigint
from sent s
