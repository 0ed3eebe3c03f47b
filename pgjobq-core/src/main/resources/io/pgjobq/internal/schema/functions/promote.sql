-- Puts waiting jobs whose time has come at the end of their lane, in the order of their times: up to p_limit, the same share of
-- each queue that has any, and from the queues whose jobs are due the longest if there are more queues than that. Locks: an advisory lock, so
-- that one node does it at a time (the others need not), and the job rows, skipping those that somebody else changes.
-- Looks at times from p_from on, or at all (null): as long as somebody's snapshot is held, what was put in line before has
-- left dead entries there.
-- Returns what became ready (queue, lane, lowest seq), then a row without a queue: when to come
-- back, null for never, and up to when nothing is left, null if something is. What somebody else holds may be held for long:
-- one who gets nothing else is to come back in a while, not at once.
create or replace function ${schema}.promote(p_limit integer, p_from timestamptz)
returns table (queue_id integer, priority smallint, seq bigint, due_in_millis bigint, until timestamptz)
language plpgsql
${row_by_row}
as $$
declare
    -- Not called in the condition, which then would be no condition of the index: all waiting jobs would be walked over.
    v_now timestamptz := clock_timestamp();
    v_from timestamptz := coalesce(p_from, '-infinity');
begin
    if not pg_try_advisory_xact_lock('${schema}.job'::regclass::oid::integer, -1) then
        return query select null::integer, null::smallint, null::bigint, 100::bigint, null::timestamptz;
        return;
    end if;
    return query
    with behind as materialized (
        select q.id, f.run_at
        from ${schema}.queue q cross join lateral (
            select j.run_at
            from ${schema}.job j
            where j.queue_id = q.id and j.run_at between v_from and v_now
            order by j.run_at
            limit 1
        ) f
        order by f.run_at
        limit p_limit
    ), due as materialized (
        select d.id, d.run_at
        from behind b cross join lateral (
            select j.id, j.run_at
            from ${schema}.job j
            where j.queue_id = b.id and j.run_at between b.run_at and v_now
            order by j.run_at, j.id
            limit (select p_limit / count(*) from behind)
            for update of j skip locked
        ) d
        order by d.run_at, d.id
    ), numbered as materialized (
        select d.id, d.run_at, nextval('${schema}.job_seq') as seq from due d
    ), promoted as (
        update ${schema}.job j set seq = n.seq, run_at = null, ready_at = n.run_at from numbered n
        where j.id = any (array[n.id])
        returning j.queue_id, case when j.rescues >= ${quarantine_after} then ${quarantine_lane} else j.priority end::smallint as priority, j.seq
    )
    select p.queue_id, p.priority, min(p.seq), null::bigint, v_now from promoted p group by p.queue_id, p.priority;
    return query
    select null::integer, null::smallint, null::bigint,
        case
            when min(w.run_at) > v_now then
                greatest(0, ceil(extract(epoch from min(w.run_at) - clock_timestamp()) * 1000))::bigint
            when min(w.run_at) <= v_now then case when found then 0 else 100 end
        end,
        case when (min(w.run_at) <= v_now) is not true then v_now end
    from ${schema}.queue q cross join lateral (
        select j.run_at from ${schema}.job j
        where j.queue_id = q.id and j.run_at >= v_from
        order by j.run_at
        limit 1
    ) w;
end
$$;
