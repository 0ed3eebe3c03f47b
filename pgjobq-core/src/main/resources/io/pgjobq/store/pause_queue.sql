-- Pauses or resumes a queue on all nodes. Locks the queue's row.
update ${schema}.queue set paused = ? where name = ? returning id
