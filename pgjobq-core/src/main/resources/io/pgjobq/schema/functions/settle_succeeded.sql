-- Ends jobs that succeeded. Locks: the claim rows, in id order, so that no rescue takes them away meanwhile, and the job
-- rows, which nobody else touches as long as their claim is there. Safe against fenced nodes: only jobs whose claim still
-- exists are touched, and only if they still have the seq with which they were claimed. Waits for a rescue (short), never
-- for a handler's transaction: emptied claims that one of those holds are skipped and come back with a later call.
-- The jobs come lane by lane, ordered by seq within each, so that one walk along the index finds those of a lane: this costs
-- half of looking each of them up. p_ends says where each lane ends in the arrays that have an element for each job; p_held
-- are their claims, each once.
-- Returns the ids that were settled, those of them that somebody waits for, and the time.
create or replace function ${schema}.settle_succeeded(
    p_queues integer[], p_priorities smallint[], p_ends integer[],
    p_seqs bigint[], p_claims bigint[], p_micros bigint[], p_results bytea[], p_held bigint[], p_emptied bigint[],
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
    v_from integer := 1;
    v_to integer;
    v_queue integer;
    v_priority smallint;
    v_seqs bigint[];
    v_keep interval;
    v_settled bigint[];
    v_awaited bigint[];
begin
    at := clock_timestamp();
    v_held := array(select c.id from ${schema}.claim c where c.id = any (p_held) order by c.id for key share);
    for lane in 1 .. cardinality(p_queues) loop
        v_queue := p_queues[lane];
        v_priority := p_priorities[lane];
        v_to := p_ends[lane];
        v_seqs := p_seqs[v_from:v_to];
        if cardinality(v_held) < cardinality(p_held) then
            v_seqs := array(
                select s.seq
                from unnest(v_seqs, p_claims[v_from:v_to]) as s (seq, claim)
                where s.claim = any (v_held));
        end if;
        select q.keep_succeeded into v_keep from ${schema}.queue q where q.id = v_queue;
        with done as (
            delete from ${schema}.job j
            where j.queue_id = v_queue and j.priority = v_priority and j.seq = any (v_seqs)
            returning j.id, j.seq, j.attempt, j.enqueued_at, j.type, j.attributes, j.awaited
        ), kept as (
            insert into ${schema}.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at, started_at,
                finished_at, node_id, type, result, attributes)
            select d.id, v_queue, v_priority, d.attempt + 1, 'succeeded', ${schema}.drop_on(at, v_keep), d.enqueued_at,
                at - s.micros * interval '1 microsecond', at, s.claim >> 37, d.type, s.result, d.attributes
            from done d
                join unnest(p_seqs[v_from:v_to], p_claims[v_from:v_to], p_micros[v_from:v_to], p_results[v_from:v_to])
                    as s (seq, claim, micros, result) on s.seq = d.seq
            where d.awaited or v_keep > interval '0'
        )
        select array_agg(d.id), array_agg(d.id) filter (where d.awaited) into v_settled, v_awaited from done d;
        settled := settled || v_settled;
        awaited := awaited || v_awaited;
        v_from := v_to + 1;
    end loop;
    removed := ${schema}.remove_claims(p_emptied);
end
$$;
