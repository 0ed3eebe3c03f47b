-- Ends a job whose deadline is over, as dead, if nobody holds it. One that is held is looked at again in five seconds: its node ends
-- its attempt. Locks: see end_unheld. Returns whether somebody waits for a job that it has ended.
create or replace function ${schema}.expire(p_id bigint) returns boolean
language plpgsql
${along_indexes}
as $$
declare
    v_awaited boolean;
    v_holder integer;
begin
    select e.awaited, e.holder into v_awaited, v_holder
    from ${schema}.end_unheld(p_id, 'dead', 'expired', 'its deadline was over before it succeeded') e;
    if v_holder is null then
        delete from ${schema}.job_deadline d where d.job_id = p_id;
    else
        update ${schema}.job_deadline d set look_at = clock_timestamp() + interval '5 seconds' where d.job_id = p_id;
    end if;
    return v_awaited;
end
$$;
