-- Sends a job of a schedule now, beside its times. Locks the schedule's row. No row: there is none of that name, or its queue is gone.
with told as (
    update ${schema}.schedule s
    set last_job = n.id
    from (select nextval('${schema}.job_seq'::regclass) as id) n
    where s.name::text = ?::text and exists (select from ${schema}.queue q where q.id = s.queue_id and q.deleted_xid is null)
    returning s.*
)
insert into ${schema}.job (id, seq, queue_id, lane, type, payload, attributes)
select t.last_job, t.last_job, t.queue_id, t.priority, t.type, t.payload,
    ${scheduled(t.attributes, t.name, clock_timestamp(), t.last_at)}
from told t
returning id, queue_id, lane::smallint
