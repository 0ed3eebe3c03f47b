-- Sets the limits of a queue that an application declares, unless it declared the same before: then what people have set since stays.
-- Locks: as limit_queue does, and only if they differ. Alone in its transaction. Returns the queue if they did.
update ${schema}.queue q
set most_running = ?, rate_starts = ?, rate_micros = ?, rate_burst = ?,
    per_key = coalesce(?, case when q.per_key is not null then 2147483647 end), key_order = ?, declared_limits = l.declared
from (
    select p.id, d.declared, pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, p.id)::text as claims,
        pg_advisory_xact_lock('${schema}.queue'::regclass::oid::integer, p.id)::text as sends
    from (select ?::text as declared) d cross join ${schema}.queue p
    where p.id = ? and p.declared_limits <> d.declared
) l
where q.id = l.id and l.claims is not null and l.sends is not null and q.declared_limits <> l.declared
returning q.id
