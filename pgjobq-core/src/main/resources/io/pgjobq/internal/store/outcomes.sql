-- How jobs ended; see the function of that name. Locks nothing.
select id, state, attempts, started_at, finished_at, result, error, exists_yet from ${schema}.outcomes(?)
