-- The state of queues; see the function describe_queues. Locks nothing.
select name, paused, ready, running, waiting, dead, oldest_seconds from ${schema}.describe_queues(?, ?)
