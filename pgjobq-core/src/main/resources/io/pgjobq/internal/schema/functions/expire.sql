-- Ends a job whose deadline is over, as dead, if nobody holds it. One that is held, or is being replaced, is looked at again in five
-- seconds: its node ends its attempt. One that has got another deadline, or none, is left alone. Locks: see end_unheld. Returns
-- whether somebody waits for a job that it has ended.
-- The deadline's row is locked first, and without waiting: somebody who replaces the job has it for as long as his transaction takes.
create or replace function ${schema}.expire(p_id bigint) returns boolean
language plpgsql
${along_indexes}
as $$
declare
    v_awaited boolean := false;
    v_later timestamptz;
begin
    perform from ${schema}.job_deadline d where d.job_id = p_id for update skip locked;
    if not found then
        return false;
    end if;
    select case when j.expires_at <= clock_timestamp() then null else j.expires_at end into v_later
    from ${schema}.job j
    where j.id = p_id and j.expires_at is not null;
    if found and v_later is null then
        select e.awaited, case when not e.ended then clock_timestamp() + interval '5 seconds' end
        into v_awaited, v_later
        from ${schema}.end_unheld(p_id, 'dead', 'expired', 'its deadline was over before it succeeded') e;
    end if;
    if v_later is null then
        delete from ${schema}.job_deadline d where d.job_id = p_id;
    else
        update ${schema}.job_deadline d set look_at = v_later where d.job_id = p_id;
    end if;
    return v_awaited;
end
$$;
