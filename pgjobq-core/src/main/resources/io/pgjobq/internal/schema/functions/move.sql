-- Moves a job that nobody holds: to queue p_to, or, if that is null, within its queue; and as a job of type p_new_type, if that is not
-- null. In line, it joins the end of the same lane there, as if it were sent now; if it waits, it keeps its time. Its key moves with
-- it, unless another job has that there.
-- Locks, in this order: the rows of its key in both queues, as senders do (see take_key), for which it waits; its row, so that nobody
-- replaces the job meanwhile, and whoever would do so afterwards finds it gone from his queue; and then, without waiting for anybody but claims, the queue's advisory lock, as a claim does, so that the job
-- can't be taken (see end_unheld). Called as one autocommit statement.
-- Returns what became of it: 'moved', and the queue, the lane and the seq that it has now; 'held' if a node has it; 'key taken'; 'no
-- queue' if there is none of that name; 'changed' if somebody else has moved it at this moment, and the call is to be repeated; null
-- if there is no such job.
create or replace function ${schema}.move(
    p_id bigint, p_to text, p_new_type text default null, out outcome text, out to_queue integer, out to_lane smallint,
    out to_seq bigint)
language plpgsql
${row_by_row}
as $$
declare
    v_was record;
    v_is record;
    v_key ${schema}.job_key;
begin
    ${read_committed_alone(move)};
    select j.queue_id, j.unique_key, j.line into v_was from ${schema}.job j where j.id = p_id;
    if not found then
        return;
    end if;
    select q.id into to_queue
    from ${schema}.queue q
    where q.deleted_xid is null and case when p_to is null then q.id = v_was.queue_id else q.name = p_to end;
    if to_queue is null then
        outcome := 'no queue';
        return;
    end if;
    if v_was.unique_key is not null and to_queue <> v_was.queue_id then
        -- In one order, whatever the direction.
        perform
        from ${schema}.job_key k
        where k.queue_id = any (array[v_was.queue_id, to_queue]) and k.key = v_was.unique_key
        order by k.queue_id
        for update;
        select k.* into v_key
        from ${schema}.job_key k
        where k.queue_id = v_was.queue_id and k.key = v_was.unique_key and k.job_id = p_id
        for update;
        if found and ${schema}.take_key(to_queue, v_key.key, p_id, v_key.until_started, v_key.free_at) is not null then
            outcome := 'key taken';
            return;
        end if;
    end if;
    loop
        select j.queue_id, j.unique_key, j.lane, j.seq into v_is from ${schema}.job j where j.id = p_id for update skip locked;
        if found then
            perform pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, v_is.queue_id);
        end if;
        outcome := (
            select 'held'
            from ${schema}.job j cross join lateral (
                select c.id
                from ${schema}.claim c
                where c.queue_id = j.queue_id and c.lane = j.lane and c.max_seq >= j.seq and j.seq = any (c.seqs)
                limit 1
            ) h
            where j.id = p_id);
        exit when outcome is not null or v_is.lane is not null;
        exit when not exists (select from ${schema}.job j where j.id = p_id);
        perform from ${schema}.job j where j.id = p_id for update;
    end loop;
    if outcome is null and v_is.lane is not null then
        if v_is.queue_id <> v_was.queue_id or v_is.unique_key is distinct from v_was.unique_key then
            outcome := 'changed';
        else
            update ${schema}.job j
            set queue_id = move.to_queue, ${line_elsewhere(move.to_queue)}, type = coalesce(p_new_type, j.type),
                seq = case when j.lane < ${waiting_lane} then nextval('${schema}.job_seq') else j.seq end,
                ready_at = case when j.lane < ${waiting_lane} then clock_timestamp() else j.ready_at end
            where j.id = p_id
            returning 'moved', j.lane, j.seq into outcome, to_lane, to_seq;
            if v_was.line > 0 then
                perform ${schema}.tell_of_lines(v_was.queue_id, array[v_was.line]);
            end if;
            delete from ${schema}.job_key k where k.queue_id = v_key.queue_id and k.key = v_key.key and k.job_id = p_id;
            return;
        end if;
    end if;
    -- It stays, and so does its key.
    delete from ${schema}.job_key k where k.queue_id = move.to_queue and k.key = v_key.key and k.job_id = p_id;
end
$$;
