-- Ends one job inside the handler's own transaction, which holds the claim row until it ends: so no rescue and no release
-- can take the job away between here and the commit, and those skip the claim instead of waiting. So that a process that is
-- frozen or cut off just there does not hold the claim for ever, the server rolls the transaction back if nothing follows
-- before the node would be declared dead. Returns whether somebody waits for the job; null if the claim is gone, or no longer
-- holds the job.
create or replace function ${schema}.complete(
    p_id bigint, p_seq bigint, p_claim bigint, p_micros bigint, p_result bytea, out awaited boolean, out at timestamptz)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
    v_idle interval := current_setting('idle_in_transaction_session_timeout');
    v_patience interval;
begin
    at := clock_timestamp();
    perform from ${schema}.claim c where c.id = p_claim and p_seq = any (c.seqs) for key share;
    if not found then
        return;
    end if;
    select n.silence_allowed * 0.8 into v_patience from ${schema}.node n where n.id = p_claim >> 37;
    if v_patience is not null and (v_idle = interval '0' or v_idle > v_patience) then
        perform set_config('idle_in_transaction_session_timeout',
            ceil(extract(epoch from v_patience) * 1000)::text, true);
    end if;
    with done as (
        delete from ${schema}.job j where j.id = p_id and j.seq is not distinct from p_seq
        returning j.id, j.queue_id, j.priority, j.attempt, j.enqueued_at, j.ready_at, j.type, j.attributes, j.awaited
    ), kept as (
        insert into ${schema}.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at, ready_at,
            started_at, finished_at, node_id, type, result, attributes)
        select d.id, d.queue_id, d.priority, d.attempt + 1, 'succeeded', ${schema}.drop_on(at, q.keep_succeeded),
            d.enqueued_at, d.ready_at, at - p_micros * interval '1 microsecond', at, p_claim >> 37, d.type, p_result, d.attributes
        from done d join ${schema}.queue q on q.id = d.queue_id
        where d.awaited or q.keep_succeeded > interval '0'
    )
    select d.awaited into complete.awaited from done d;
end
$$;
