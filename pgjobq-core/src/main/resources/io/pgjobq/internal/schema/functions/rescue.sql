-- Frees what nodes held that are gone: each unfinished job is charged one attempt and keeps its seq, hence its place in the
-- line; one whose attempts are spent ends among the dead jobs, one that was to be cancelled as cancelled, and one that lost its
-- second node goes to quarantine, and is claimed apart. Locks: an advisory lock, so that there is one rescuer at a time, then claim rows in id order; one that a
-- handler's transaction holds is skipped, since its job may just be completed. Then the job rows, in id order as everybody
-- does. Once the claim is gone, its old holder is fenced. Returns what became ready: queue, lane, lowest seq; how many of
-- them are in quarantine.
create or replace function ${schema}.rescue(p_limit integer)
returns table (queue_id integer, priority smallint, seq bigint, rescued bigint, quarantined bigint, died bigint,
    awaited bigint[])
language plpgsql
${row_by_row}
as $$
declare
    v_claim record;
    v_cancelled bigint[];
    v_cancelled_seqs bigint[];
    v_reasons text[];
    v_spent bigint[];
    v_spent_seqs bigint[];
    v_messages text[];
    v_at timestamptz := clock_timestamp();
begin
    if not pg_try_advisory_xact_lock('${schema}.job'::regclass::oid::integer, 0) then
        return;
    end if;
    for v_claim in
        select c.id, c.node_id, c.queue_id, c.lane, c.seqs, q.max_attempts,
            (select min(s) from unnest(c.seqs) s) as first_seq, (select max(s) from unnest(c.seqs) s) as last_seq
        from ${schema}.claim c left join ${schema}.queue q on q.id = c.queue_id
        where c.node_id not in (select n.id from ${schema}.node n)
        order by c.id
        limit p_limit
        for update of c skip locked
    loop
        -- Of a node that is gone nobody will obey it.
        select array_agg(l.id), array_agg(l.seq), array_agg(coalesce(l.reason, '')) into v_cancelled, v_cancelled_seqs, v_reasons
        from (
            select o.id, o.seq, x.reason
            from (
                select c.job_id, c.reason
                from ${schema}.cancellation c
                where c.node_id = v_claim.node_id
                order by c.job_id
            ) x cross join lateral (
                select j.id, j.seq::bigint
                from ${schema}.job j
                where j.id = any (array[x.job_id]) and j.queue_id = v_claim.queue_id and j.lane = v_claim.lane
                    and j.seq = any (v_claim.seqs)
                limit 1
                for update
            ) o
        ) l;
        rescue.awaited := null;
        if v_cancelled is not null then
            select e.awaited into rescue.awaited
            from ${schema}.end_jobs(
                'cancelled', v_at, v_cancelled, v_cancelled_seqs, v_cancelled,
                array_fill(v_claim.id, array[cardinality(v_cancelled)]), null, null,
                array_fill('cancelled'::text, array[cardinality(v_cancelled)]), v_reasons,
                array_fill(''::text, array[cardinality(v_cancelled)])) e;
            delete from ${schema}.cancellation x where x.job_id = any (v_cancelled);
        end if;
        select array_agg(l.id), array_agg(l.seq),
            array_agg(${schema}.rescue_error(least(coalesce(l.rescues, 0), 100) + 1, l.attempt + 1))
        into v_spent, v_spent_seqs, v_messages
        from (
            select j.id, j.seq::bigint, j.rescues, j.attempt
            from ${schema}.job j
            where j.queue_id = v_claim.queue_id and j.lane = v_claim.lane
                and j.seq between v_claim.first_seq and v_claim.last_seq
                and j.seq = any (v_claim.seqs)
            order by j.id
            for update
        ) l
        where l.attempt + 1 >= v_claim.max_attempts;
        with freed as (
            update ${schema}.job j
            set attempt = j.attempt + 1, rescues = least(coalesce(j.rescues, 0), 100) + 1,
                lane = case when j.rescues + 1 >= ${quarantine_after} then ${quarantine_lane} else j.lane end,
                priority = case when j.rescues + 1 >= ${quarantine_after} then ${own_priority} end,
                errors = ${schema}.append_error(
                    j.errors, j.attempt + 1, v_at, 'lost', ${schema}.rescue_error(least(coalesce(j.rescues, 0), 100) + 1, j.attempt + 1), '')
            where j.queue_id = v_claim.queue_id and j.lane = v_claim.lane
                and j.seq between v_claim.first_seq and v_claim.last_seq
                and j.seq = any (v_claim.seqs) and j.attempt + 1 < v_claim.max_attempts
            returning j.seq, j.rescues
        )
        select v_claim.queue_id, v_claim.lane, min(f.seq), count(f.seq), count(*) filter (where f.rescues >= ${quarantine_after})
        into rescue.queue_id, rescue.priority, rescue.seq, rescue.rescued, rescue.quarantined
        from freed f;
        rescue.died := coalesce(cardinality(v_spent), 0);
        if v_spent is not null then
            select rescue.awaited || e.awaited into rescue.awaited
            from ${schema}.end_jobs(
                'dead', v_at, v_spent, v_spent_seqs, v_spent, array_fill(v_claim.id, array[rescue.died::integer]), null, null,
                array_fill('lost'::text, array[rescue.died::integer]), v_messages,
                array_fill(''::text, array[rescue.died::integer])) e;
        end if;
        delete from ${schema}.claim c where c.id = v_claim.id;
        return next;
    end loop;
end
$$;
