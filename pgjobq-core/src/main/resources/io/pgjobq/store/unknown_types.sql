-- Looks at the head of a queue for jobs whose type is not among the given ones. Locks nothing; bounded.
select distinct h.type
from (
    select j.type
    from ${schema}.job j
    where j.queue_id = ? and j.seq is not null
    order by j.queue_id, j.priority, j.seq
    limit 1000
) h
where h.type <> all (?::text[])
