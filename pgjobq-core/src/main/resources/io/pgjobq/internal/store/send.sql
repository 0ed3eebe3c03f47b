-- Inserts one job inside the caller's transaction, and notifies if it is told where. Locks nothing but its own new row, so senders
-- never wait for each other; whoever notifies waits at his commit for those who do so at the same time.
insert into ${schema}.job (id, seq, queue_id, lane, awaited, type, payload, attributes)
select n.id, n.id, n.queue_id, ?, ?, ?, ?, ?::jsonb
from (select q.id as queue_id, nextval('${schema}.job_seq'::regclass) as id from ${schema}.queue q where q.name = ?::text) n
returning id, queue_id,
    case when ?::boolean then pg_catalog.pg_notify(?::text, pg_catalog.concat(?::text, queue_id, ':', lane::smallint, ':', id)) end
