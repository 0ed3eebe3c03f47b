-- Queues that jobs name although there are none; see the function of that name. Locks nothing.
select id from ${schema}.unknown_queues()
