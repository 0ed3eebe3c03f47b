-- Inserts one job inside the caller's transaction, to wait until its time has come. Locks nothing but its own new row.
insert into ${schema}.job (id, seq, lane, priority, queue_id, awaited, type, payload, attributes)
select n.id, ${new_place(n.id, p.priority, n.run_at, n.run_at > n.now)},
    n.queue_id, p.awaited, p.type, p.payload, p.attributes
from (
    select ?::smallint as priority, ?::boolean as awaited, ?::text as type, ?::bytea as payload, ?::jsonb as attributes
) p cross join (
    select q.id as queue_id, nextval('${schema}.job_seq'::regclass) as id, clock_timestamp() as now,
        coalesce(?::timestamptz, clock_timestamp() + ?::bigint::double precision * interval '1 millisecond') as run_at
    from ${schema}.queue q
    where q.name = ?::text
) n
returning id, queue_id,
    case when lane::smallint = ${waiting_lane} then ceil((seq::numeric - extract(epoch from clock_timestamp()) * 1000000.0) / 1000.0)::bigint end
