-- Forgets keys that nobody has any more; see the function of that name for its locks. Alone in its transaction.
select seen, next_queue, next_key from ${schema}.sweep_keys(?, ?, ?)
