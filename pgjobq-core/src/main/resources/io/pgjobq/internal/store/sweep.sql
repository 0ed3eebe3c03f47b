-- Looks for jobs that no wake-up told of; in a last row without a queue, for jobs that wait, for claims of dead nodes, and for
-- those of the queues that are not there. Locks nothing.
select s.queue_id, s.priority, s.seq, s.due_in_millis,
    s.queue_id is null and exists (
        select from ${schema}.claim c where c.node_id not in (select n.id from ${schema}.node n)),
    case when s.queue_id is null then array(
        select w.id::bigint from pg_catalog.unnest(asked.queues) w(id)
        where not exists (select from ${schema}.queue q where q.id = w.id and q.deleted_xid is null)) end
from (select ?::integer[] as queues, ?::bigint as seq) asked, ${schema}.sweep(asked.queues, asked.seq) s
