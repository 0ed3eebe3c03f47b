-- Ends the jobs of a batch inside their handler's own transaction, which holds their claim rows until it ends; what that
-- means for others, and what ends a transaction that stays silent, is as for complete. Locks: the claim rows, in id order, and
-- the job rows, in id order too, since that is how the index returns them. The delete is a statement of its own, with a snapshot
-- that is younger than the locks.
-- p_ids ascends, each once; p_held names their claims, each once. All of them took p_micros.
-- Returns the jobs that the claims still hold, those of them that somebody waits for, and the time. If jobs are missing there, they
-- were taken away: none has ended unless all could, and the caller rolls back.
create or replace function ${schema}.complete_all(
    p_ids bigint[], p_seqs bigint[], p_claims bigint[], p_held bigint[], p_micros bigint,
    out held bigint[], out awaited bigint[], out at timestamptz)
language plpgsql
${along_indexes}
set enable_nestloop = off
set enable_mergejoin = off
as $$
begin
    at := clock_timestamp();
    with locked as materialized (
        select c.id, c.seqs from ${schema}.claim c where c.id = any (p_held) order by c.id for key share
    )
    select coalesce(array_agg(s.id), '{}') into held
    from unnest(p_ids, p_seqs, p_claims) as s (id, seq, claim)
    where ((s.seq, s.claim) in (select unnest(l.seqs), l.id from locked l)) is true;
    if cardinality(held) < cardinality(p_ids) then
        return;
    end if;
    ${ends_if_silent(p_claims[1])};
    select coalesce(e.ended, '{}'), e.awaited into held, complete_all.awaited
    from ${schema}.end_jobs(
        'succeeded', at, p_ids, p_seqs, p_ids, p_claims, array_fill(p_micros, array[cardinality(p_ids)]), null,
        null, null, null) e;
end
$$;
