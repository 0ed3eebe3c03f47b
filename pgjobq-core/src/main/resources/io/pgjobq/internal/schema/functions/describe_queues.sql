-- The state of queues at one moment, of one or of all. Locks nothing. Each count stops at the limit, so that a large table
-- costs no more. oldest_seconds says since when the first ready job has its place in the line: the earliest of those that
-- are next in their lanes. Running jobs are counted claim by claim: a join could be planned from all jobs to the claims.
create or replace function ${schema}.describe_queues(p_name text, p_most integer)
returns table (name text, paused boolean, ready bigint, running bigint, waiting bigint, dead bigint, oldest_seconds numeric,
    most_running integer, rate_starts integer, rate_micros bigint, rate_burst integer,
    per_key integer, key_order text)
language plpgsql stable
${row_by_row}
set enable_sort = off
as $$
begin
    return query
    select q.name, q.paused,
        (select greatest(0, count(*) - r.running) from (
            select from ${schema}.job j
            where j.queue_id = q.id and j.lane < ${waiting_lane} limit p_most + r.running) x),
        r.running,
        (select count(*) from (
            select from ${schema}.job j where j.queue_id = q.id and j.lane = ${waiting_lane} limit p_most) x),
        (select count(*) from (
            select from ${schema}.finished_job f where f.queue_id = q.id and f.state = 'dead' limit p_most) x),
        extract(epoch from clock_timestamp() - (
            select min(o.since)
            from generate_series(0, ${quarantine_lane}) as p (lane) cross join lateral (
                select coalesce(j.ready_at, j.enqueued_at)::timestamptz as since
                from ${schema}.job j
                where ${ready_in_lane(q.id, p.lane, 0)}
                order by j.seq
                limit 1
            ) o)),
        q.most_running, q.rate_starts, q.rate_micros, q.rate_burst, q.per_key, q.key_order
    from ${schema}.queue q cross join lateral (
        select coalesce(sum(h.held), 0)::bigint as running
        from ${schema}.claim c cross join lateral (
            select min(s) as first_seq, max(s) as last_seq from unnest(c.seqs) s
        ) e cross join lateral (
            select count(*) as held
            from ${schema}.job j
            where j.queue_id = c.queue_id and j.lane = c.lane
                and j.seq between e.first_seq and e.last_seq and j.seq = any (c.seqs)
        ) h
        where c.queue_id = q.id
    ) r
    where q.deleted_xid is null and (q.name = p_name or p_name is null)
    order by q.name;
end
$$;
