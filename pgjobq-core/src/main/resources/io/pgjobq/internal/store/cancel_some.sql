-- Cancels some of the jobs of a lane; see the function of that name for its locks. Alone in its transaction.
select cancelled, requested, awaited, busy, next_seq from ${schema}.cancel_some(?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?)
