-- Puts due jobs in line; see the function of that name for its locks. Alone in its transaction.
select queue_id, priority, seq, due_in_millis, until from ${schema}.promote(?, ?)
