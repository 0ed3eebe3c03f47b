-- Ends jobs that succeeded. Locks: the claim rows, in id order, so that no rescue takes them away meanwhile, and the job
-- rows, in id order too, since that is how the index returns them. Safe against fenced nodes: only jobs whose claim still
-- exists are touched, and only if they still have the seq with which they were claimed. Waits for a rescue (short), never
-- for a handler's transaction: emptied claims that one of those holds are skipped and come back with a later call.
-- The jobs are found by one walk along the index rather than a look-up each, which costs a third less; "is true" keeps the
-- planner from making a join of the condition on the seq, which is then looked up in a hash table.
-- p_ids ascends, each once; p_queues and p_held are those of the jobs, each once.
-- Returns the ids that were settled, those of them that somebody waits for, and the time.
create or replace function ${schema}.settle_succeeded(
    p_ids bigint[], p_seqs bigint[], p_claims bigint[], p_micros bigint[], p_results bytea[], p_queues integer[],
    p_held bigint[], p_emptied bigint[],
    out settled bigint[], out awaited bigint[], out at timestamptz, out removed bigint[])
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_nestloop = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    v_held bigint[];
    v_queues integer[];
    v_keep boolean[];
    v_drop_on date[];
begin
    at := clock_timestamp();
    v_held := array(select c.id from ${schema}.claim c where c.id = any (p_held) order by c.id for key share);
    select array_agg(q.id), array_agg(q.keep_succeeded > interval '0'),
        array_agg(${schema}.drop_on(at, q.keep_succeeded))
    into v_queues, v_keep, v_drop_on
    from ${schema}.queue q
    where q.id = any (p_queues);
    with done as (
        delete from ${schema}.job j
        where j.id = any (p_ids)
            and ((j.id, j.seq) in (
                select s.id, s.seq
                from unnest(p_ids, p_seqs, p_claims) as s (id, seq, claim)
                where s.claim = any (v_held))) is true
        returning j.id, j.queue_id, j.priority, j.attempt, j.enqueued_at, j.type, j.attributes, j.awaited
    ), kept as (
        insert into ${schema}.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at, started_at,
            finished_at, node_id, type, result, attributes)
        select d.id, d.queue_id, d.priority, d.attempt + 1, 'succeeded', q.drop_on, d.enqueued_at,
            at - s.micros * interval '1 microsecond', at, s.claim >> 37, d.type, s.result, d.attributes
        from done d
            join unnest(v_queues, v_keep, v_drop_on) as q (id, keep, drop_on) on q.id = d.queue_id
            join unnest(p_ids, p_claims, p_micros, p_results) as s (id, claim, micros, result) on s.id = d.id
        where d.awaited or q.keep
    )
    select array_agg(d.id), array_agg(d.id) filter (where d.awaited) into settled, awaited from done d;
    removed := ${schema}.remove_claims(p_emptied);
end
$$;
