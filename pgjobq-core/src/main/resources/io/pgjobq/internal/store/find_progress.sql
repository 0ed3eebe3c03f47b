-- How far jobs are; see the function of that name. Locks nothing.
select id, done, total, message, written_at from ${schema}.find_progress(?)
