-- Looks in a lane, from a seq on, and among the suspects, for jobs whose type is not among the given ones. Locks nothing;
-- bounded.
select distinct h.type
from (
    (select j.type from ${schema}.job j where j.queue_id = ? and j.priority = ? and j.seq >= ? order by j.seq limit 1000)
    union all
    (select j.type
    from ${schema}.job j
    where j.queue_id = ? and j.rescues >= 2 and j.seq is not null
    order by j.priority, j.seq
    limit 1000)
) h
where h.type <> all (?::text[])
