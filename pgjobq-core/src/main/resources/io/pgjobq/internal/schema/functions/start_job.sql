-- What a job needs when it starts that did not come along with the claim: a payload that was too large, or, if it has a key, the
-- payload that it has now. A job with a key is noted as started, which frees the key if it is taken until then.
-- Locks: for a job with a key the key's row, so that whoever keeps or changes the job has committed that before it starts, or will
-- see that it has started; for such a transaction it waits two seconds at most. The job is looked at after that. The commit is
-- asynchronous: what a crash forgets starts again.
-- A function for its settings: a plan that a connection keeps from the day on which the table was empty would read all of it.
-- Returns the payload, null if somebody has the key's row; no row if the job is not in that place any more.
create or replace function ${schema}.start_job(p_id bigint, p_seq bigint)
returns table (payload bytea)
language plpgsql
${row_by_row}
as $$
declare
    v_key text;
    v_queue integer;
begin
    select j.unique_key, j.queue_id into v_key, v_queue from ${schema}.job j where j.id = p_id;
    if v_key is null then
        return query
        select j.payload::bytea from ${schema}.job j where j.id = p_id and j.seq is not distinct from p_seq;
        return;
    end if;
    perform set_config('lock_timeout', '2s', true), set_config('synchronous_commit', 'off', true);
    begin
        perform from ${schema}.job_key k where k.queue_id = v_queue and k.key = v_key and k.job_id = p_id for update;
    exception when lock_not_available then
        return next;
        return;
    end;
    select j.payload::bytea into payload from ${schema}.job j where j.id = p_id and j.seq is not distinct from p_seq;
    if not found then
        return;
    end if;
    delete from ${schema}.job_key k where k.queue_id = v_queue and k.key = v_key and k.job_id = p_id and k.until_started;
    update ${schema}.job_key k
    set started = true
    where k.queue_id = v_queue and k.key = v_key and k.job_id = p_id and not k.started;
    return next;
end
$$;
