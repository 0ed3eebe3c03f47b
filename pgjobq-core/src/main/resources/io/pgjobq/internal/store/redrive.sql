-- Makes dead jobs ready again; see the function of that name for its locks. Alone in its transaction.
select queue_id, priority, seq, jobs, until from ${schema}.redrive(?, ?, ?, ?)
