-- What is known of a job; see the function of that name. Locks nothing.
select id, queue, type, state, priority, attempts, snoozes, enqueued_at, run_at, started_at, finished_at, node, attributes, errors,
    done, total, message, written_at
from ${schema}.find_job(?)
