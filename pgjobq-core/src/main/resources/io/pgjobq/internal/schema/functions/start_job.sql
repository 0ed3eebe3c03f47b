-- What a job needs when it starts that did not come along with the claim: a payload that was too large; and, if it asks, leave to
-- start. Then a key that is taken until now is freed, one whose deadline is over is ended as dead, and any other learns how
-- long it may run.
-- Locks, for a job that asks: the claim, in shared mode as by a settlement, so that no fenced node starts or ends anything; and the
-- key's row, so that whoever keeps the job has committed that before it starts, or will see that it has started; for such a
-- transaction it waits two seconds at most. The commit is asynchronous: what a crash forgets starts again.
-- A function for its settings: a plan that a connection keeps from the day on which the table was empty would read all of it.
-- Returns the payload, null if it can't start: somebody has the key's row, or its deadline is over (left_millis is 0 or less) and it
-- is dead, of which whoever waits for it is notified. No row if the job is not the caller's any more.
create or replace function ${schema}.start_job(p_id bigint, p_seq bigint, p_claim bigint)
returns table (payload bytea, left_millis bigint)
language plpgsql
${row_by_row}
as $$
declare
    v_job record;
begin
    select j.payload::bytea as payload, j.queue_id, j.unique_key, j.expires_at, j.asks into v_job
    from ${schema}.job j
    where j.id = p_id and j.seq is not distinct from p_seq;
    if not found then
        return;
    end if;
    payload := v_job.payload;
    if v_job.asks then
        perform set_config('lock_timeout', '2s', true), set_config('synchronous_commit', 'off', true);
        perform from ${schema}.claim c where c.id = p_claim and p_seq = any (c.seqs) for key share;
        if not found then
            return;
        end if;
        left_millis := floor(extract(epoch from v_job.expires_at - clock_timestamp()) * 1000)::bigint;
        if left_millis <= 0 then
            payload := null;
            perform pg_notify('${schema}_done', 'e' || p_id)
            from ${schema}.end_jobs(
                'dead', clock_timestamp(), array[p_id], array[p_seq], array[p_id], null, null, null, array['expired'],
                array['its deadline was over before it succeeded'], array['']) e
            where e.awaited is not null;
        else
            begin
                delete from ${schema}.job_key k
                where k.queue_id = v_job.queue_id and k.key = v_job.unique_key and k.job_id = p_id and k.until_started;
            exception when lock_not_available then
                payload := null;
                left_millis := null;
            end;
        end if;
    end if;
    return next;
end
$$;
