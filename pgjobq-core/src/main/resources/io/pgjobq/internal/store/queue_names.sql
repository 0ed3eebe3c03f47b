-- The names of all queues. Locks nothing.
select q.name from ${schema}.queue q where q.deleted_xid is null order by q.name
