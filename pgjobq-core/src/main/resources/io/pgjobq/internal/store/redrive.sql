-- Makes a dead job ready again; see the function of that name for its locks. Alone in its transaction.
select queue_id, lane, seq, jobs, due_in_millis from ${schema}.redrive(?, ?, ?)
