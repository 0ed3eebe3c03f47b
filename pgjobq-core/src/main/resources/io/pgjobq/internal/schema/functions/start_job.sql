-- What a job needs when it starts that did not come along with the claim: a payload that was too large, or, if it has a key, the
-- payload that it has now, and how long it may run if it has a deadline. A job with a key is noted as started, which frees the key if it
-- is taken until then. One whose deadline is over is ended as dead, if its caller holds it
-- still, which the claim's row tells, locked as by a settlement.
-- Locks: for a job with a key the key's row, so that whoever keeps or changes the job has committed that before it starts, or will
-- see that it has started; for such a transaction it waits two seconds at most. The job is looked at after that. The commit is
-- asynchronous: what a crash forgets starts again.
-- A function for its settings: a plan that a connection keeps from the day on which the table was empty would read all of it.
-- Returns the payload, null if it can't start: somebody has the key's row, or its deadline is over (left_millis is 0 or less) and it
-- is dead, of which whoever waits for it is notified. No row if the job is not in that place any more.
create or replace function ${schema}.start_job(p_id bigint, p_seq bigint, p_claim bigint)
returns table (payload bytea, left_millis bigint)
language plpgsql
${row_by_row}
as $$
declare
    v_key text;
    v_queue integer;
    v_expires_at timestamptz;
begin
    select j.unique_key, j.queue_id, j.expires_at into v_key, v_queue, v_expires_at from ${schema}.job j where j.id = p_id;
    if v_key is null and v_expires_at is null then
        return query
        select j.payload::bytea, null::bigint
        from ${schema}.job j
        where j.id = p_id and j.seq is not distinct from p_seq;
        return;
    end if;
    perform set_config('lock_timeout', '2s', true), set_config('synchronous_commit', 'off', true);
    if v_key is not null then
        begin
            perform from ${schema}.job_key k where k.queue_id = v_queue and k.key = v_key and k.job_id = p_id for update;
        exception when lock_not_available then
            return next;
            return;
        end;
    end if;
    select j.payload::bytea, j.expires_at into payload, v_expires_at
    from ${schema}.job j
    where j.id = p_id and j.seq is not distinct from p_seq;
    if not found then
        return;
    end if;
    left_millis := floor(extract(epoch from v_expires_at - clock_timestamp()) * 1000)::bigint;
    if left_millis <= 0 then
        payload := null;
        perform from ${schema}.claim c where c.id = p_claim and p_seq = any (c.seqs) for key share;
        if not found then
            return;
        end if;
        perform pg_notify('${schema}_done', 'e' || p_id)
        from ${schema}.end_jobs(
            'dead', clock_timestamp(), array[p_id], array[p_seq], array[p_id], null, null, null, array['expired'],
            array['its deadline was over before it succeeded'], array['']) e
        where e.awaited is not null;
        return next;
        return;
    end if;
    delete from ${schema}.job_key k where k.queue_id = v_queue and k.key = v_key and k.job_id = p_id and k.until_started;
    update ${schema}.job_key k
    set started = true
    where k.queue_id = v_queue and k.key = v_key and k.job_id = p_id and not k.started;
    return next;
end
$$;
