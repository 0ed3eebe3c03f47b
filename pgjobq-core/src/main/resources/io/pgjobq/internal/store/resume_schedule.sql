-- Lets a schedule go on from that time on, if it is as it was seen. Locks its row. No row: it is not.
update ${schema}.schedule s
set paused = false, next_at = n.next_at, due_at = n.next_at, version = s.version + 1
from (select ?::timestamptz as next_at) n
where s.name::text = ?::text and s.version = ?::integer
returning s.version
