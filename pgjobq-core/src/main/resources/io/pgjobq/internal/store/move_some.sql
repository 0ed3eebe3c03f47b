-- Moves some of the jobs of a lane; see the function of that name for its locks. Alone in its transaction.
select to_queue, moved, first_seq, held, busy, next_seq from ${schema}.move_some(?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?)
