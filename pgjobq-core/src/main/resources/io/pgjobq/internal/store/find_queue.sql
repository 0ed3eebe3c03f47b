-- The number of a queue. Locks nothing.
select q.id from ${schema}.queue q where q.name = ?::text
