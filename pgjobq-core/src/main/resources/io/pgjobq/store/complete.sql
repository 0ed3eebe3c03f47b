-- Ends one job inside its handler's transaction; see the function of that name for its locks.
select awaited, at from ${schema}.complete(?, ?, ?, ?, ?)
