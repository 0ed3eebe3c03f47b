-- Pauses or resumes a queue on all nodes. Locks: the queue's advisory locks, as a claim and a send that claims do, so that
-- one that has found the queue running is over when this returns; then the queue's row. Alone in its transaction.
update ${schema}.queue q
set paused = ?
from (
    select p.id, pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, p.id)::text as claims,
        pg_advisory_xact_lock('${schema}.queue'::regclass::oid::integer, p.id)::text as sends
    from ${schema}.queue p
    where p.name = ?::text
) l
where q.id = l.id and l.claims is not null and l.sends is not null
returning q.id
