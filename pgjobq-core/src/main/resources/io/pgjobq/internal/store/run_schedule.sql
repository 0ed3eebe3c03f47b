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
    coalesce(t.attributes::jsonb, '{}'::jsonb) || jsonb_strip_nulls(jsonb_build_object(
        'pgjobq.schedule', t.name,
        'pgjobq.scheduled-at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'pgjobq.previously-at', to_char(t.last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))
from told t
returning id, queue_id, lane::smallint
