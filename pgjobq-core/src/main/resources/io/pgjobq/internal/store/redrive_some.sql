-- Makes some dead jobs ready again; see the function of that name for its locks. Alone in its transaction.
select queue_id, lane, seq, jobs, due_in_millis, until, next_at, next_id
from ${schema}.redrive_some(?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
