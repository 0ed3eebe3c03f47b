-- How many of up to p_most jobs may be taken of a queue now, by its limits. Locks nothing: the caller has the queue's lock, so that
-- nobody takes any meanwhile; what ends meanwhile only makes room.
-- A job runs, for the limit, as long as a claim names it and its row is there: so no crash, rescue or retry keeps a place. The claims' own
-- numbers are looked at first, since they are more than that at most; jobs are looked for only if those are too many, and no more than may run.
-- In any time of rate_micros no more than rate_starts jobs are taken: those of a slice count until its end is that long ago. What
-- a clock says that was put back since counts as now.
create or replace function ${schema}.allowance(p_queue integer, p_most integer) returns integer
language plpgsql
${row_by_row}
as $$
declare
    v_queue ${schema}.queue;
    v_held bigint;
    v_now bigint := ${micros_of(clock_timestamp())};
    v_slice bigint;
    v_used bigint;
    v_paced_at bigint;
    v_pace numeric;
    v_left bigint := p_most;
begin
    select q.* into v_queue from ${schema}.queue q where q.id = p_queue;
    if v_queue.most_running is not null then
        select coalesce(sum(cardinality(c.seqs)), 0) into v_held from ${schema}.claim c where c.queue_id = p_queue;
        if v_held + v_left > v_queue.most_running then
            select count(*) into v_held
            from (
                select
                from ${schema}.claim c cross join lateral unnest(c.seqs) as h (seq) cross join lateral (
                    select from ${schema}.job j
                    where j.queue_id = c.queue_id and j.lane = c.lane and j.seq = h.seq
                    limit 1
                ) o
                where c.queue_id = p_queue
                limit v_queue.most_running
            ) r;
        end if;
        v_left := least(v_left, v_queue.most_running - v_held);
    end if;
    if v_queue.rate_starts is not null and v_left > 0 then
        v_slice := ${rate_slice(v_queue)};
        select coalesce((
                select sum(u.n)
                from unnest(r.slices, r.starts) as u (slice, n)
                where (least(u.slice, v_now / v_slice) + 1) * v_slice + v_queue.rate_micros > v_now), 0), r.paced_at
        into v_used, v_paced_at
        from ${schema}.queue_rate r
        where r.queue_id = p_queue;
        v_left := least(v_left, v_queue.rate_starts - coalesce(v_used, 0));
        if v_queue.rate_burst is not null then
            v_pace := v_queue.rate_micros::numeric / v_queue.rate_starts;
            v_left := least(v_left, floor(v_queue.rate_burst
                - greatest(0, least(coalesce(v_paced_at, v_now), v_now + v_queue.rate_micros) - v_now) / v_pace)::bigint);
        end if;
    end if;
    return greatest(0, v_left);
end
$$;
