-- Brings the settings of a queue up to date, if they differ. Locks the queue's row. Returns it if something changed.
update ${schema}.queue q
set max_attempts = s.max_attempts, keep_succeeded = s.keep_succeeded, keep_dead = s.keep_dead
from (
    select ?::smallint as max_attempts, ?::double precision * interval '1 millisecond' as keep_succeeded,
        ?::double precision * interval '1 millisecond' as keep_dead
) s
where q.id = ? and (q.max_attempts, q.keep_succeeded, q.keep_dead)
    is distinct from (s.max_attempts, s.keep_succeeded, s.keep_dead)
returning q.id
