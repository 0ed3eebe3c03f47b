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
-- A job by itself is looked up by its id, under the same lock: what prepares for many takes longer than it does, and its
-- sender may be waiting. Its row in the history is that of end_jobs.
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
    v_job record;
begin
    at := clock_timestamp();
    settled := '{}';
    if cardinality(p_ids) = 1 then
        perform from ${schema}.claim c where c.id = p_claims[1] and p_seqs[1] = any (c.seqs) for key share;
        if found then
            delete from ${schema}.job j
            where j.id = p_ids[1] and (j.seq = p_seqs[1]) is true
            returning j.id, j.queue_id, ${own_priority} as priority, j.attempt, j.snoozes, j.enqueued_at, j.ready_at, j.type,
                j.attributes, j.awaited, j.unique_key, j.key, j.expires_at,
                (select q.keep_succeeded from ${schema}.queue q where q.id = j.queue_id) as keep
            into v_job;
            if found then
                settled := p_ids;
                if v_job.awaited then
                    awaited := p_ids;
                end if;
                if v_job.keep is not null and (v_job.awaited or v_job.keep > interval '0') then
                    insert into ${schema}.finished_job (id, queue_id, priority, attempts, snoozes, state, drop_on, enqueued_at,
                        ready_at, started_at, finished_at, node_id, type, result, attributes, unique_key, key)
                    values (v_job.id, v_job.queue_id, v_job.priority, v_job.attempt + 1, v_job.snoozes, 'succeeded',
                        ${schema}.drop_on(at, v_job.keep), v_job.enqueued_at, v_job.ready_at,
                        at - p_micros[1] * interval '1 microsecond', at, p_claims[1] >> 37, v_job.type, p_results[1],
                        v_job.attributes, v_job.unique_key, v_job.key);
                end if;
                if v_job.expires_at is not null then
                    delete from ${schema}.job_deadline d where d.job_id = v_job.id;
                end if;
            end if;
        end if;
    elsif cardinality(p_ids) > 1 then
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
