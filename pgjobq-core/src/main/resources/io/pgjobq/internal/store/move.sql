-- Moves a job; see the function of that name for its locks. Alone in its transaction.
select outcome, to_queue, to_lane, to_seq from ${schema}.move(?, ?, ?)
