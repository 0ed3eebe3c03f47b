-- Cancels a job. One that nobody holds is gone at once. For one that a node holds, the request is noted and the node told, which
-- interrupts it. A request for a job that is no longer there is forgotten.
-- Locks: the queue's advisory lock, as a claim does, so that the job can't be taken meanwhile, and then the row of one that nobody
-- holds, so that it isn't put in line; therefore it is called as one autocommit statement, and for one job at a time.
-- Returns what became of it, 'cancelled' or 'requested', null if there is no such job; and, if it is cancelled, whether somebody
-- waits for it.
create or replace function ${schema}.cancel(p_id bigint, p_reason text default null, out outcome text, out awaited boolean)
language plpgsql
${along_indexes}
as $$
declare
    v_queue integer;
    v_seq bigint;
    v_holder integer;
begin
    awaited := false;
    select j.queue_id into v_queue from ${schema}.job j where j.id = p_id;
    if v_queue is not null then
        perform pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, v_queue);
        select c.node_id into v_holder
        from ${schema}.job j join ${schema}.claim c
            on c.queue_id = j.queue_id and c.lane = j.lane and c.max_seq >= j.seq and j.seq = any (c.seqs)
        where j.id = p_id;
    end if;
    if v_holder is not null then
        insert into ${schema}.cancellation as c (job_id, node_id, reason)
        values (p_id, v_holder, left(p_reason, 1000))
        on conflict (job_id) do update set node_id = excluded.node_id;
        perform pg_notify('${schema}_jobs', 'c' || v_holder);
        outcome := 'requested';
        return;
    end if;
    if v_queue is not null then
        -- Not the row of a job that is held: its handler's transaction may have it for long.
        select j.seq into v_seq
        from ${schema}.job j
        where j.id = p_id and not exists (
            select from ${schema}.claim c
            where c.queue_id = j.queue_id and c.lane = j.lane and c.max_seq >= j.seq and j.seq = any (c.seqs))
        for update;
        select 'cancelled', e.awaited is not null into outcome, cancel.awaited
        from ${schema}.end_jobs(
            'cancelled', clock_timestamp(), array[p_id], array[v_seq], array[p_id], null, null, null, array['cancelled'],
            array[coalesce(left(p_reason, 1000), '')], array['']) e
        where e.ended is not null;
    end if;
    delete from ${schema}.cancellation c where c.job_id = p_id;
end
$$;
