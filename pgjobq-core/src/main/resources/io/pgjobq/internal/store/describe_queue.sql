-- The state of queues; see the function describe_queues. Locks nothing.
select name, paused, ready, running, waiting, dead, oldest_seconds, most_running, rate_starts, rate_micros, rate_burst, per_key, key_order
from ${schema}.describe_queues(?, ?)
