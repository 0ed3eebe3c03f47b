-- Ends a job that nobody holds, and says who holds it otherwise.
-- Locks: the job's row, so that it isn't put in line, and then the queue's advisory lock, as a claim does, so that the job can't be
-- taken meanwhile. Called as one autocommit statement, and for one job at a time. In this order, and without waiting for the row:
-- that of a job which is being replaced, or completed, is somebody's for as long as his transaction takes, and claims must not
-- wait for him.
-- Returns whether it has ended the job; if so, whether somebody waits for it; otherwise the node that holds it, or, if none does,
-- whether it is there, and its row is somebody's.
create or replace function ${schema}.end_unheld(
    p_id bigint, p_state ${schema}.job_state, p_type text, p_message text, out ended boolean, out awaited boolean, out holder integer,
    out busy boolean)
language plpgsql
${row_by_row}
as $$
declare
    v_queue integer;
    v_seq bigint;
    v_line bigint;
begin
    ${read_committed_alone(ending a job)};
    ended := false;
    awaited := false;
    busy := false;
    select j.queue_id, j.seq, j.line into v_queue, v_seq, v_line from ${schema}.job j where j.id = p_id for update skip locked;
    if v_queue is not null then
        perform pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, v_queue);
    end if;
    select h.node_id into holder
    from ${schema}.job j cross join lateral (
        select c.node_id
        from ${schema}.claim c
        where c.queue_id = j.queue_id and c.lane = j.lane and c.max_seq >= j.seq and j.seq = any (c.seqs)
        limit 1
    ) h
    where j.id = p_id;
    if holder is not null then
        return;
    end if;
    if v_queue is null then
        busy := exists (select from ${schema}.job j where j.id = p_id);
        return;
    end if;
    ended := true;
    select e.awaited is not null into end_unheld.awaited
    from ${schema}.end_jobs(
        p_state, clock_timestamp(), array[p_id], array[v_seq], array[p_id], null, null, null, array[p_type],
        array[p_message], array['']) e;
    if v_line > 0 then
        perform ${schema}.tell_of_lines(v_queue, array[v_line]);
    end if;
end
$$;
