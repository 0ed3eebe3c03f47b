-- Queues that jobs name although there are none: another program stored those jobs, and nobody will ever run them. Locks
-- nothing. Hops from one queue to the next along the indexes, so that it costs no more where there are many jobs.
with recursive ready as (
    select min(j.queue_id) as id from ${schema}.job j where j.seq is not null
    union all
    select (select min(j.queue_id) from ${schema}.job j where j.seq is not null and j.queue_id > r.id)
    from ready r
    where r.id is not null
), waiting as (
    select min(j.queue_id) as id from ${schema}.job j where j.seq is null
    union all
    select (select min(j.queue_id) from ${schema}.job j where j.seq is null and j.queue_id > w.id)
    from waiting w
    where w.id is not null
)
select n.id
from (select r.id from ready r union select w.id from waiting w) n
where n.id is not null and not exists (select from ${schema}.queue q where q.id = n.id)
order by n.id
