-- Sends the jobs of schedules and moves these on; see the function of that name for its locks. Alone in its transaction.
select place, queue_id, priority, seq, jobs from ${schema}.fire_schedules(
    ?, ?, ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?, ?, ?::timestamptz[])
