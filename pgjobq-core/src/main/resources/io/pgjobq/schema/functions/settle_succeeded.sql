-- Ends jobs that succeeded. Locks: the claim rows, in id order, so that no rescue takes them away meanwhile, and the job
-- rows. Safe against fenced nodes: only jobs whose claim still exists are touched. A seq is compared so that no
-- index on it can serve, which would be read from one end to the other where the planner takes the table to be small. Waits for a rescue (short), never for a
-- handler's transaction: emptied claims that one of those holds are skipped and come back with a later call.
-- Returns the ids that were settled, those of them that somebody waits for, and the time.
create or replace function ${schema}.settle_succeeded(
    p_ids bigint[], p_seqs bigint[], p_claims bigint[], p_micros bigint[], p_results bytea[], p_held bigint[],
    p_emptied bigint[], out settled bigint[], out awaited bigint[], out at timestamptz, out removed bigint[])
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    v_held bigint[];
begin
    at := clock_timestamp();
    v_held := array(select c.id from ${schema}.claim c where c.id = any (p_held) order by c.id for key share);
    with done as (
        delete from ${schema}.job j
        using unnest(p_ids, p_seqs, p_claims, p_micros, p_results) as s (id, seq, claim, micros, result)
        where j.id = any (array[s.id]) and j.seq is not distinct from s.seq and s.claim = any (v_held)
        returning j.id, j.queue_id, j.priority, j.attempt, j.enqueued_at, j.type, j.attributes, j.awaited, s.claim,
            s.micros, s.result
    ), kept as (
        insert into ${schema}.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at, started_at,
            finished_at, node_id, type, result, attributes)
        select d.id, d.queue_id, d.priority, d.attempt + 1, 'succeeded', ${schema}.drop_on(at, q.keep_succeeded),
            d.enqueued_at, at - d.micros * interval '1 microsecond', at, d.claim >> 37, d.type, d.result, d.attributes
        from done d join ${schema}.queue q on q.id = d.queue_id
        where d.awaited or q.keep_succeeded > interval '0'
    )
    select array_agg(d.id), array_agg(d.id) filter (where d.awaited) into settled, awaited from done d;
    removed := ${schema}.remove_claims(p_emptied);
end
$$;
