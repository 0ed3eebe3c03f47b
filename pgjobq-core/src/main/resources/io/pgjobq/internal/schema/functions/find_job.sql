-- What is known of a job, wherever it is: in line, waiting, held by a node, or in the history. Locks nothing. One snapshot for all of
-- that, so that a job which ends meanwhile is not missed. A function for its settings: see start_job.
create or replace function ${schema}.find_job(p_id bigint)
returns table (id bigint, queue text, type text, state text, priority smallint, attempts smallint, snoozes smallint,
    enqueued_at timestamptz, run_at timestamptz, started_at timestamptz, finished_at timestamptz, node text, attributes text, errors text,
    done bigint, total bigint, message text, written_at timestamptz)
language plpgsql stable
${row_by_row}
as $$
#variable_conflict use_column
begin
    return query
    select f.id, q.name, f.type, f.state, f.priority, f.attempts, f.snoozes, f.enqueued_at, f.run_at, f.started_at, f.finished_at,
        f.node, f.attributes, f.errors, f.done, f.total, f.message, f.written_at
    from (
        (select j.id, j.queue_id, j.type::text as type,
            ${state_of(h.claim is not null)} as state,
            ${own_priority} as priority, j.attempt::smallint as attempts, coalesce(j.snoozes, 0::smallint) as snoozes,
            j.enqueued_at::timestamptz as enqueued_at, case when j.lane = ${waiting_lane} then ${moment_of(j.seq)} end as run_at,
            h.claimed_at as started_at, null::timestamptz as finished_at, h.node, j.attributes::text as attributes, j.errors::text as errors,
            p.done, p.total, p.message, p.written_at
        from ${schema}.job j left join lateral (
            select c.id as claim, c.claimed_at, (select n.name from ${schema}.node n where n.id = c.node_id) as node
            from ${schema}.claim c
            where c.queue_id = j.queue_id and c.lane = j.lane and c.max_seq >= j.seq and j.seq = any (c.seqs)
            limit 1
        ) h on true left join lateral (
            select o.done, o.total, o.message, o.written_at from ${schema}.job_progress o where o.job_id = any (array[j.id]) limit 1
        ) p on true
        where j.id = p_id)
        union all
        (select e.id, e.queue_id, e.type, e.state::text, e.priority, e.attempts, coalesce(e.snoozes, 0::smallint), e.enqueued_at,
            null, e.started_at, e.finished_at, (select n.name from ${schema}.node n where n.id = e.node_id), e.attributes::text, e.errors::text,
            null, null, null, null
        from ${schema}.finished_job e
        where e.id = p_id
        limit 1)
    ) f left join ${schema}.queue q on q.id = f.queue_id
    limit 1;
end
$$;
