-- Inserts jobs whose keys nobody has; see the function of that name for its locks.
select place, id, fate, due_in_millis, queue_id
from ${schema}.send_unique(?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?::timestamptz, ?, ?, ?)
order by place
