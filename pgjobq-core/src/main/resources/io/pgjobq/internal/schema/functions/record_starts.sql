-- Notes that p_jobs jobs of a queue were taken, if it has a rate, and says in how many microseconds the next may be: 0 for at once. Null
-- if it has no rate. Locks: the row that says how many were taken, which nobody else has, as the caller has the queue's lock.
-- Whoever is forgotten by a crash of the server must not have been started: the caller's commit waits for the disk.
create or replace function ${schema}.record_starts(p_queue integer, p_jobs integer) returns bigint
language plpgsql
${row_by_row}
as $$
declare
    v_queue ${schema}.queue;
    v_now bigint := ${micros_of(clock_timestamp())};
    v_slice bigint;
    v_slices bigint[];
    v_starts integer[];
    v_paced_at bigint;
    v_pace numeric;
    v_excess bigint;
    v_next bigint := 0;
begin
    select q.* into v_queue from ${schema}.queue q where q.id = p_queue;
    if v_queue.rate_starts is null then
        return null;
    end if;
    v_slice := ${rate_slice(v_queue)};
    v_pace := v_queue.rate_micros::numeric / v_queue.rate_starts;
    select array_agg(s.slice order by s.slice), array_agg(s.n order by s.slice), min(s.paced_at) into v_slices, v_starts, v_paced_at
    from (
        select least(u.slice, v_now / v_slice) as slice, sum(u.n)::integer as n, min(u.paced_at) as paced_at
        from (
            select o.slice, o.n, r.paced_at
            from ${schema}.queue_rate r cross join lateral unnest(r.slices, r.starts) as o (slice, n)
            where r.queue_id = p_queue
            union all
            select v_now / v_slice, p_jobs, null
        ) u
        where u.n > 0 and (least(u.slice, v_now / v_slice) + 1) * v_slice + v_queue.rate_micros > v_now
        group by 1
    ) s;
    v_paced_at := greatest(v_now, least(coalesce(v_paced_at, v_now), v_now + v_queue.rate_micros)) + (p_jobs * v_pace)::bigint;
    if p_jobs > 0 then
        insert into ${schema}.queue_rate as r (queue_id, slices, starts, paced_at)
        values (p_queue, v_slices, v_starts, v_paced_at)
        on conflict (queue_id) do update set slices = excluded.slices, starts = excluded.starts, paced_at = excluded.paced_at;
    end if;
    -- The next may be taken when so many no longer count that one more is allowed.
    v_excess := coalesce((select sum(n) from unnest(v_starts) n), 0) - v_queue.rate_starts + 1;
    if v_excess > 0 then
        select (min(u.slice) + 1) * v_slice + v_queue.rate_micros - v_now into v_next
        from (
            select o.slice, sum(o.n) over (order by o.slice) as gone
            from unnest(v_slices, v_starts) as o (slice, n)
        ) u
        where u.gone >= v_excess;
    end if;
    if v_queue.rate_burst is not null then
        v_next := greatest(v_next, ceil(v_paced_at - (v_queue.rate_burst - 1) * v_pace)::bigint - v_now);
    end if;
    return greatest(0, v_next);
end
$$;
