-- Looks for jobs that no wake-up told of. Locks nothing.
select queue_id, priority, seq from ${schema}.sweep(?)
