-- Inserts one job inside the caller's transaction. Locks nothing but its own new row, so senders never wait for each other.
insert into ${schema}.job (id, seq, queue_id, lane, awaited, type, payload, attributes)
select n.id, n.id, n.queue_id, ?, ?, ?, ?, ?::jsonb
from (select q.id as queue_id, nextval('${schema}.job_seq'::regclass) as id from ${schema}.queue q where q.name = ?::text) n
returning id, queue_id
