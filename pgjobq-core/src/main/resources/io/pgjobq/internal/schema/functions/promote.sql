-- Puts waiting jobs whose time has come at the end of their lane, in the order of their times: up to p_limit, the same share of
-- each queue that has any, and from the queues whose jobs are due the longest if there are more queues than that. Locks: an
-- advisory lock, so that one node does it at a time (the others need not), and the job rows, skipping those that somebody else
-- changes. Jobs of the very same time come in the order in which they were sent, as far as they come in one call.
-- Looks at times from p_from on, or at all (null): as long as somebody's snapshot is held, what was put in line before has
-- left dead entries there.
-- Returns what became ready (queue, lane, lowest seq), then a row without a queue: when to come back, null for never, and up to
-- when nothing is left, null if something is. What somebody else holds may be held for long: one who gets nothing else is to
-- come back in a while, not at once.
create or replace function ${schema}.promote(p_limit integer, p_from timestamptz)
returns table (queue_id integer, priority smallint, seq bigint, due_in_millis bigint, until timestamptz)
language plpgsql
${row_by_row}
as $$
declare
    -- Not called in the condition, which then would be no condition of the index: all waiting jobs would be walked over.
    v_now timestamptz := clock_timestamp();
    v_due bigint := ${place_of(v_now)};
    v_from bigint := coalesce(${place_of(p_from)}, 0);
begin
    if not pg_try_advisory_xact_lock('${schema}.job'::regclass::oid::integer, -1) then
        return query select null::integer, null::smallint, null::bigint, 100::bigint, null::timestamptz;
        return;
    end if;
    return query
    with behind as materialized (
        select q.id, f.seq
        from ${schema}.queue q cross join lateral (
            select j.seq
            from ${schema}.job j
            where j.queue_id = q.id and j.lane = ${waiting_lane} and j.seq between v_from and v_due
            order by j.seq
            limit 1
        ) f
        order by f.seq
        limit p_limit
    ), due as materialized (
        select d.id, d.seq
        from behind b cross join lateral (
            select j.id, j.seq
            from ${schema}.job j
            where j.queue_id = b.id and j.lane = ${waiting_lane} and j.seq between b.seq and v_due
            order by j.seq
            limit (select p_limit / count(*) from behind)
            for update of j skip locked
        ) d
        order by d.seq, d.id
    ), numbered as materialized (
        select d.id, d.seq as due, nextval('${schema}.job_seq') as seq from due d
    ), promoted as (
        update ${schema}.job j
        set seq = n.seq, ready_at = ${moment_of(n.due)},
            lane = case when j.rescues >= ${quarantine_after} then ${quarantine_lane} else coalesce(j.priority, 5) end,
            priority = case when j.rescues >= ${quarantine_after} then j.priority end,
            line = abs(j.line)
        from numbered n
        where j.id = any (array[n.id])
        returning j.queue_id, j.lane, j.seq
    )
    select p.queue_id, p.lane::smallint, min(p.seq), null::bigint, v_now from promoted p group by p.queue_id, p.lane;
    return query
    select null::integer, null::smallint, null::bigint,
        case
            when min(w.seq) > v_due then greatest(0, ceil((min(w.seq) - ${place_of(clock_timestamp())}) / 1000.0))::bigint
            when min(w.seq) <= v_due then case when found then 0 else 100 end
        end,
        case when (min(w.seq) <= v_due) is not true then v_now end
    from ${schema}.queue q cross join lateral (
        select j.seq
        from ${schema}.job j
        where j.queue_id = q.id and j.lane = ${waiting_lane} and j.seq >= v_from
        order by j.seq
        limit 1
    ) w;
end
$$;
