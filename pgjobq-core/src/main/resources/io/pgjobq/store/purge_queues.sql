-- Removes the jobs and claims of deleted queues, and the queues themselves once no transaction that could have sent to them
-- is left (see the table). Locks the rows that it deletes; those that a handler's transaction holds are left for the next
-- time. Jobs that somebody waits for are kept as cancelled.
with gone as materialized (
    select q.id, q.deleted_xid < pg_snapshot_xmin(pg_current_snapshot())
        and q.deleted_at < clock_timestamp() - interval '1 day' as quiet
    from ${schema}.queue q
    where q.deleted_xid is not null
), free as materialized (
    select j.id from ${schema}.job j join gone g on g.id = j.queue_id order by j.id for update of j skip locked
), jobs as (
    delete from ${schema}.job j using free f where j.id = f.id returning j.*
), claims as (
    delete from ${schema}.claim c
    where c.id in (
        select l.id from ${schema}.claim l join gone g on g.id = l.queue_id order by l.id for update of l skip locked)
), kept as (
    insert into ${schema}.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at, finished_at, type,
        payload, attributes, errors)
    select j.id, j.queue_id, j.priority, j.attempt, 'cancelled', ${schema}.drop_on(clock_timestamp(), q.keep_dead),
        j.enqueued_at, clock_timestamp(), j.type, j.payload, j.attributes, j.errors
    from jobs j join ${schema}.queue q on q.id = j.queue_id
    where j.awaited or q.keep_dead > interval '0'
), queues as (
    delete from ${schema}.queue q using gone g
    where q.id = g.id and g.quiet and not exists (
        select from ${schema}.job j where j.queue_id = q.id and j.id not in (select f.id from free f))
)
select j.id from jobs j where j.awaited
