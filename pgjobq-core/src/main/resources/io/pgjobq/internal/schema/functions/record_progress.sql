-- Writes how far jobs are that a node holds, each named once. Locks: the claim rows, in id order and in shared mode as a settlement
-- does, so that no rescue takes a job away between the look and the commit; then rows of job_progress, in id order. Waits for a rescue
-- (short), never for a handler's transaction. Safe against fenced nodes: only jobs are written whose claim still exists and names
-- the seq with which they were claimed, by a statement whose snapshot is younger than the locks. The commit is asynchronous, so that the
-- locks are short: what a crash forgets is reported again. The time of a row never goes back, whatever the server's clock does,
-- so that it tells which of two reports is later.
-- Returns what was written, when, and whether somebody waits for the job.
create or replace function ${schema}.record_progress(
    p_ids bigint[], p_seqs bigint[], p_claims bigint[], p_done bigint[], p_total bigint[], p_messages text[])
returns table (id bigint, done bigint, total bigint, message text, written_at timestamptz, awaited boolean)
language plpgsql
${row_by_row}
as $$
#variable_conflict use_column
declare
    v_held bigint[];
begin
    perform set_config('synchronous_commit', 'off', true);
    with held as materialized (
        select c.id from ${schema}.claim c where c.id = any (p_claims) order by c.id for key share
    )
    select coalesce(array_agg(h.id), '{}') into v_held from held h;
    return query
    insert into ${schema}.job_progress as p (job_id, done, total, message, written_at)
    select r.id, r.done, r.total, r.message, clock_timestamp()
    from unnest(p_ids, p_seqs, p_claims, p_done, p_total, p_messages) as r (id, seq, claim, done, total, message)
        cross join lateral (
            select true as is_held
            from ${schema}.claim c
            where c.id = any (array[r.claim]) and r.claim = any (v_held) and r.seq = any (c.seqs)
            limit 1
        ) h cross join lateral (
            select true as is_there
            from ${schema}.job j
            where j.id = any (array[r.id]) and j.seq is not distinct from r.seq
            limit 1
        ) j
    order by r.id
    on conflict (job_id) do update
    set done = excluded.done, total = excluded.total, message = excluded.message,
        written_at = greatest(excluded.written_at, p.written_at + interval '1 microsecond')
    returning p.job_id, p.done, p.total, p.message, p.written_at,
        coalesce((select j.awaited from ${schema}.job j where j.id = any (array[p.job_id]) limit 1), false);
end
$$;
