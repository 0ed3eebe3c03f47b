-- Ends a job whose deadline is over; see the function of that name for its locks. Alone in its transaction.
select ${schema}.expire(?)
