-- Looks for jobs that no wake-up told of; in a last row without a queue, for jobs that wait, and for claims of dead nodes. Locks
-- nothing.
select s.queue_id, s.priority, s.seq, s.due_in_millis,
    s.queue_id is null and exists (
        select from ${schema}.claim c where c.node_id not in (select n.id from ${schema}.node n))
from ${schema}.sweep(?, ?) s
