-- Ends a job that nobody holds, and says who holds it otherwise.
-- Locks: the queue's advisory lock, as a claim does, so that the job can't be taken meanwhile, and then the row of one that nobody
-- holds, so that it isn't put in line; not the row of one that is held, which its handler's transaction may have for long. Therefore it is
-- called as one autocommit statement, and for one job at a time.
-- Returns whether it has ended the job; if so, whether somebody waits for it; and the node that holds it.
create or replace function ${schema}.end_unheld(
    p_id bigint, p_state ${schema}.job_state, p_type text, p_message text, out ended boolean, out awaited boolean, out holder integer)
language plpgsql
${along_indexes}
as $$
declare
    v_queue integer;
    v_seq bigint;
begin
    ended := false;
    awaited := false;
    select j.queue_id into v_queue from ${schema}.job j where j.id = p_id;
    if v_queue is null then
        return;
    end if;
    perform pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, v_queue);
    select c.node_id into holder
    from ${schema}.job j join ${schema}.claim c
        on c.queue_id = j.queue_id and c.lane = j.lane and c.max_seq >= j.seq and j.seq = any (c.seqs)
    where j.id = p_id;
    if holder is not null then
        return;
    end if;
    select j.seq into v_seq
    from ${schema}.job j
    where j.id = p_id and not exists (
        select from ${schema}.claim c
        where c.queue_id = j.queue_id and c.lane = j.lane and c.max_seq >= j.seq and j.seq = any (c.seqs))
    for update;
    select true, e.awaited is not null into ended, end_unheld.awaited
    from ${schema}.end_jobs(
        p_state, clock_timestamp(), array[p_id], array[v_seq], array[p_id], null, null, null, array[p_type],
        array[p_message], array['']) e
    where e.ended is not null;
    ended := coalesce(ended, false);
end
$$;
