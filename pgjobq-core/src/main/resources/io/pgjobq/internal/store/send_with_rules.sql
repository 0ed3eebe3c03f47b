-- Inserts jobs with a key or a deadline; see the function of that name for its locks.
select place, id, fate, due_in_millis, queue_id
from ${schema}.send_with_rules(
    ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?::timestamptz, ?, ?, ?, ?, ?::timestamptz, ?)
order by place
