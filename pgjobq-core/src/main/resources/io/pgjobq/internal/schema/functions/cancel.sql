-- Cancels a job that nobody has taken. Locks: the queue's advisory lock, as a claim does, so that the job can't be taken
-- meanwhile, and then its row, so that it isn't put in line; therefore it is called as one autocommit statement. Returns
-- whether it was cancelled, and is waited for.
create or replace function ${schema}.cancel(p_id bigint, out cancelled boolean, out awaited boolean)
language plpgsql
${along_indexes}
as $$
declare
    v_queue integer;
    v_seq bigint;
begin
    cancelled := false;
    select j.queue_id into v_queue from ${schema}.job j where j.id = p_id;
    if v_queue is null then
        return;
    end if;
    perform pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, v_queue);
    select j.seq into v_seq
    from ${schema}.job j
    where j.id = p_id and not exists (
        select from ${schema}.claim c
        where c.queue_id = j.queue_id and c.lane = j.lane and c.max_seq >= j.seq and j.seq = any (c.seqs))
    for update;
    select true, e.awaited is not null into cancelled, cancel.awaited
    from ${schema}.end_jobs(
        'cancelled', clock_timestamp(), array[p_id], array[v_seq], null, null, null, null, null, null, null) e
    where e.ended is not null;
    cancelled := coalesce(cancelled, false);
end
$$;
