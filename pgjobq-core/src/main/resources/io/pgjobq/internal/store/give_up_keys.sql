-- Forgets which jobs with a key this node held; see the function of that name for its locks. Alone in its transaction.
select ${schema}.give_up_keys(?, ?, ?)
