-- Ends jobs that succeeded; see the function of that name for its locks. Alone in its transaction.
select settled, awaited, at, removed from ${schema}.settle_succeeded(?, ?, ?, ?, ?, ?, ?, ?)
