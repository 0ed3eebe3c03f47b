-- Ends jobs that succeeded, and deletes claims that are emptied by it; with no job at all, only that. Locks: the claim rows,
-- in id order, so that no rescue takes them away meanwhile, and the job rows, in id order too, since that is how the index
-- returns them; awaited ones after the others. Safe against fenced nodes: only jobs whose claim still exists and
-- names the seq with which they were claimed are touched, and only if they still have it; each delete is a statement of its
-- own, with a snapshot that is younger than the locks. Waits for a rescue (short), never for a handler's transaction: emptied claims that one of
-- those holds are skipped and come back with a later call.
-- Where no queue keeps history, jobs that nobody awaits and that have no deadline are deleted by a statement that can write
-- none: that costs two thirds. Whatever that leaves, or all, is up to the statement that writes history for those who want it.
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
${along_indexes}
set enable_nestloop = off
set enable_mergejoin = off
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
            where j.id = any (v_ids) and not j.awaited and j.expires_at is null
                and ((j.id, j.seq) in (select unnest(v_ids), unnest(v_seqs))) is true
            returning j.id
        )
        select array(select d.id from done d) into settled;
    end if;
    if cardinality(settled) < cardinality(v_ids) then
        select settled || e.ended, e.awaited into settled, awaited
        from ${schema}.end_jobs(
            'succeeded', at, v_ids, v_seqs, p_ids, p_claims, p_micros, p_results, null, null, null) e;
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
