-- Ends jobs that succeeded, and deletes claims that are emptied by it; with no job at all, only that. Locks: the claim rows,
-- in id order, so that no rescue takes them away meanwhile, and the job rows, in id order too, since that is how the index
-- returns them; awaited ones after the others. Safe against fenced nodes: only jobs whose claim still exists and
-- names the seq with which they were claimed are touched, and only if they still have it; each delete is a statement of its
-- own, with a snapshot that is younger than the locks. Waits for a rescue (short), never for a handler's transaction: emptied claims that one of
-- those holds are skipped and come back with a later call.
-- Where no queue keeps history, jobs that nobody awaits are deleted by a statement that can write none: that costs two
-- thirds. Whatever that leaves, or all, is up to the statement that writes history for those who want it.
-- The jobs are found by one walk along the index rather than a look-up each, which costs a third less; "is true" keeps the
-- planner from making a join of the condition on the seq, which is then looked up in a hash table.
-- p_ids ascends, each once; p_queues and p_held are those of the jobs, each once; p_emptied names each claim once.
-- Returns the ids that were settled, those of them that somebody waits for, the time, and the emptied claims that are gone,
-- the ones included that were gone before.
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
    v_ids bigint[];
    v_seqs bigint[];
    v_keep boolean;
    v_removed integer;
begin
    at := clock_timestamp();
    settled := '{}';
    with held as materialized (
        select c.id, c.seqs from ${schema}.claim c where c.id = any (p_held) order by c.id for key share
    )
    select coalesce(array_agg(s.id), '{}'), array_agg(s.seq),
        exists (select from ${schema}.queue q where q.id = any (p_queues) and q.keep_succeeded > interval '0')
    into v_ids, v_seqs, v_keep
    from unnest(p_ids, p_seqs, p_claims) as s (id, seq, claim)
    where ((s.seq, s.claim) in (select unnest(h.seqs), h.id from held h)) is true;
    if not v_keep then
        with done as (
            delete from ${schema}.job j
            where j.id = any (v_ids) and not j.awaited and ((j.id, j.seq) in (select unnest(v_ids), unnest(v_seqs))) is true
            returning j.id
        )
        select array(select d.id from done d) into settled;
    end if;
    if cardinality(settled) < cardinality(v_ids) then
        with done as (
            delete from ${schema}.job j
            where j.id = any (v_ids) and ((j.id, j.seq) in (select unnest(v_ids), unnest(v_seqs))) is true
            returning j.id, j.queue_id, j.priority, j.attempt, j.enqueued_at, j.ready_at, j.type, j.attributes,
                j.awaited
        ), keep as materialized (
            select q.id, q.keep_succeeded > interval '0' as all_jobs, ${schema}.drop_on(at, q.keep_succeeded) as drop_on
            from ${schema}.queue q
            where q.id = any (p_queues)
        ), kept as (
            insert into ${schema}.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at, ready_at,
                started_at, finished_at, node_id, type, result, attributes)
            select d.id, d.queue_id, d.priority, d.attempt + 1, 'succeeded', k.drop_on, d.enqueued_at,
                d.ready_at, at - s.micros * interval '1 microsecond', at, s.claim >> 37, d.type, s.result, d.attributes
            from done d
                join keep k on k.id = d.queue_id
                join unnest(p_ids, p_claims, p_micros, p_results) as s (id, claim, micros, result) on s.id = d.id
            where d.awaited or k.all_jobs
        )
        select settled || array_agg(d.id), array_agg(d.id) filter (where d.awaited) into settled, awaited from done d;
    end if;
    if cardinality(p_emptied) > 0 then
        delete from ${schema}.claim c
        where c.id = any (array(
            select l.id from ${schema}.claim l where l.id = any (p_emptied) order by l.id for update skip locked));
        get diagnostics v_removed = row_count;
    end if;
    removed := p_emptied;
    if v_removed < cardinality(p_emptied) then
        removed := array(
            select e.id from unnest(p_emptied) as e (id)
            where not exists (select from ${schema}.claim c where c.id = any (array[e.id])));
    end if;
end
$$;
