-- Removes some of what deleted queues have left; see the function of that name for its locks. Alone in its transaction.
select awaited, more from ${schema}.purge_queues(?)
