-- Removes up to p_limit jobs and as many claims of deleted queues, and the queues themselves once no transaction that could
-- have sent to them is left (see the table). Locks the rows that it deletes, in no order, since it waits for nobody: those that a handler's
-- transaction holds are left for the next time. Jobs that somebody waits for are kept as cancelled. Finds jobs along the
-- indexes of their queues, so that it costs nothing where none was deleted, however many jobs there are.
-- Returns the jobs that somebody waits for, and whether there may be more to remove.
create or replace function ${schema}.purge_queues(p_limit integer, out awaited bigint[], out more boolean)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    v_gone integer[] := array(select q.id from ${schema}.queue q where q.deleted_xid is not null);
begin
    more := false;
    if cardinality(v_gone) = 0 then
        return;
    end if;
    with ready as materialized (
        select j.id from ${schema}.job j
        where j.queue_id = any (v_gone) and j.run_at is null
        limit p_limit for update skip locked
    ), waiting as materialized (
        select j.id from ${schema}.job j
        where j.queue_id = any (v_gone) and j.run_at is not null
        limit p_limit - (select count(*) from ready) for update skip locked
    ), jobs as (
        delete from ${schema}.job j
        where j.id = any (array(select r.id from ready r union all select w.id from waiting w))
        returning j.*
    ), claims as (
        delete from ${schema}.claim c
        where c.id = any (array(
            select l.id from ${schema}.claim l where l.queue_id = any (v_gone) order by l.id limit p_limit
            for update skip locked))
        returning c.id
    ), kept as (
        insert into ${schema}.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at, ready_at, finished_at,
            type, payload, attributes, errors)
        select j.id, j.queue_id, j.priority, j.attempt, 'cancelled', ${schema}.drop_on(clock_timestamp(), q.keep_dead),
            j.enqueued_at, j.ready_at, clock_timestamp(), j.type, j.payload, j.attributes, j.errors
        from jobs j join ${schema}.queue q on q.id = j.queue_id
        where j.awaited or q.keep_dead > interval '0'
    ), queues as (
        delete from ${schema}.queue q
        where q.id = any (v_gone) and q.deleted_xid < pg_snapshot_xmin(pg_current_snapshot())
            and q.deleted_at < clock_timestamp() - interval '1 day'
            -- Not "exists", which the planner may make a join of that reads all jobs.
            and (
                select true from ${schema}.job j
                where j.queue_id = q.id and j.run_at is null and j.id not in (select r.id from ready r)
                limit 1) is null
            and (
                select true from ${schema}.job j
                where j.queue_id = q.id and j.run_at is not null and j.id not in (select w.id from waiting w)
                limit 1) is null
    )
    select array(select j.id from jobs j where j.awaited),
        (select count(*) from jobs) >= p_limit or (select count(*) from claims) >= p_limit
    into purge_queues.awaited, more;
end
$$;
