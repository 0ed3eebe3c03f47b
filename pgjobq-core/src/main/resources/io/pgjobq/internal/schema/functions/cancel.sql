-- Cancels a job that nobody has taken. Locks: the queue's advisory lock, as a claim does, so that the job can't be taken
-- meanwhile; therefore it is called as one autocommit statement. Returns whether it was cancelled and is waited for.
create or replace function ${schema}.cancel(p_id bigint, out cancelled boolean, out awaited boolean)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
    v_queue integer;
    v_at timestamptz := clock_timestamp();
begin
    cancelled := false;
    select j.queue_id into v_queue from ${schema}.job j where j.id = p_id;
    if v_queue is null then
        return;
    end if;
    perform pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, v_queue);
    with gone as (
        delete from ${schema}.job j
        where j.id = p_id and not exists (
            select from ${schema}.claim c
            where c.queue_id = j.queue_id and c.priority = j.priority and c.max_seq >= j.seq and j.seq = any (c.seqs))
        returning j.*
    ), kept as (
        insert into ${schema}.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at, ready_at, finished_at,
            type, payload, attributes, errors)
        select g.id, g.queue_id, g.priority, g.attempt, 'cancelled', ${schema}.drop_on(v_at, q.keep_dead), g.enqueued_at,
            g.ready_at, v_at, g.type, g.payload, g.attributes, g.errors
        from gone g join ${schema}.queue q on q.id = g.queue_id
        where g.awaited or q.keep_dead > interval '0'
    )
    select true, g.awaited into cancelled, cancel.awaited from gone g;
    cancelled := coalesce(cancelled, false);
end
$$;
