-- Forgets what is held no more; see the function of that name for its locks.
select seen, next_queue, next_line, next_id from ${schema}.sweep_holds(?, ?, ?, ?)
