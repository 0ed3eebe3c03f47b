-- Cancels a job. One that nobody holds is gone at once. For one that a node holds, the request is noted and the node told, which
-- interrupts it. A request for a job that is no longer there is forgotten. Waits for whoever is replacing the job, holding nothing that
-- anybody else needs. Locks: see end_unheld.
-- Returns what became of it, 'cancelled' or 'requested', null if there is no such job; and, if it is cancelled, whether somebody
-- waits for it.
create or replace function ${schema}.cancel(p_id bigint, p_reason text default null, out outcome text, out awaited boolean)
language plpgsql
${along_indexes}
as $$
declare
    v_ended boolean;
    v_holder integer;
    v_busy boolean;
begin
    loop
        select e.ended, e.awaited, e.holder, e.busy into v_ended, cancel.awaited, v_holder, v_busy
        from ${schema}.end_unheld(p_id, 'cancelled', 'cancelled', coalesce(left(p_reason, 1000), '')) e;
        exit when not v_busy;
        perform from ${schema}.job j where j.id = p_id for update;
    end loop;
    if v_holder is not null then
        insert into ${schema}.cancellation as c (job_id, node_id, reason)
        values (p_id, v_holder, left(p_reason, 1000))
        on conflict (job_id) do update set node_id = excluded.node_id;
        perform pg_notify('${schema}_jobs', 'c' || v_holder);
        outcome := 'requested';
        return;
    end if;
    if v_ended then
        outcome := 'cancelled';
    end if;
    delete from ${schema}.cancellation c where c.job_id = p_id;
end
$$;
