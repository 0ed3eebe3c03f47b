-- Pauses or resumes a queue on all nodes. Locks: the queue's advisory lock, as a claim does, so that a claim that has found
-- the queue running is over when this returns; then the queue's row. Alone in its transaction.
update ${schema}.queue q
set paused = ?
from (
    select p.id, pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, p.id)::text as locked
    from ${schema}.queue p
    where p.name = ?::text
) l
where q.id = l.id and l.locked is not null
returning q.id
