-- Sets the limits of a queue, as people want them. Locks: the queue's advisory locks, as pausing does, so that a claim or send that has
-- seen none is over when this returns; then the queue's row. Alone in its transaction.
update ${schema}.queue q
set most_running = ?, rate_starts = ?, rate_micros = ?, rate_burst = ?,
    per_key = coalesce(?, case when q.per_key is not null then 2147483647 end), key_order = ?
from (
    select p.id, pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, p.id)::text as claims,
        pg_advisory_xact_lock('${schema}.queue'::regclass::oid::integer, p.id)::text as sends
    from ${schema}.queue p
    where p.name = ?::text
) l
where q.id = l.id and l.claims is not null and l.sends is not null
returning q.id
