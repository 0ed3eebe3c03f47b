-- Drops a partition whose day has come; see the function of that name for its locks. Alone in its transaction.
select ${schema}.drop_history()
