-- Gives jobs back; see the function of that name for its locks. Alone in its transaction.
select ${schema}.release(?, ?, ?)
