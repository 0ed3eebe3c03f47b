-- Inserts a job that is ready, if there is the queue. Parameters: priority, awaited, type, payload, attributes, and the queue.
insert into ${schema}.job (id, seq, queue_id, lane, awaited, type, payload, attributes)
select n.id, n.id, n.queue_id, ?, ?, ?, ?, ?::jsonb
from (select q.id as queue_id, nextval('${schema}.job_seq'::regclass) as id from ${schema}.queue q where q.name = ?::text) n
