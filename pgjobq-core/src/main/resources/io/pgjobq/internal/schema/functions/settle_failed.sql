-- Records attempts that did not succeed. Those with a delay make their job wait: for its next attempt, or, where there is no
-- error, for the same one, as the handler asked for that. Those without one end it in the given state. Locks and safety as in
-- settle_succeeded. Returns a row for each settled job.
create or replace function ${schema}.settle_failed(
    p_ids bigint[], p_seqs bigint[], p_claims bigint[], p_micros bigint[], p_types text[], p_messages text[],
    p_stacks text[], p_delays bigint[], p_states text[], p_held bigint[])
returns table (id bigint, ended boolean, awaited boolean, at timestamptz)
language plpgsql
${row_by_row}
as $$
declare
    v_held bigint[];
    v_seqs bigint[];
    v_ending record;
    v_at timestamptz := clock_timestamp();
begin
    with held as materialized (
        select c.id, c.seqs from ${schema}.claim c where c.id = any (p_held) order by c.id for key share
    )
    select array_agg(h.id), array_agg(h.seq) into v_held, v_seqs
    from (select l.id, unnest(l.seqs) as seq from held l) h;
    return query
    with waits as materialized (
        select s.*
        from unnest(p_ids, p_seqs, p_claims, p_types, p_messages, p_stacks, p_delays)
            as s (id, seq, claim, type, message, stack, delay)
        where s.delay is not null and ((s.seq, s.claim) in (select unnest(v_seqs), unnest(v_held))) is true
    ), put_off as (
        update ${schema}.job j
        set attempt = j.attempt + (w.type is not null)::integer,
            snoozes = case when w.type is null then least(coalesce(j.snoozes, 0) + 1, 32767) else j.snoozes end,
            lane = ${waiting_lane}, priority = ${own_priority},
            seq = ${place_of(v_at + w.delay * interval '1 millisecond')},
            -- Where the order is strict, it holds the others with its key back.
            line = case when j.line is not null and not exists (
                select from ${schema}.queue q where q.id = j.queue_id and q.key_order = 'strict') then -j.line else j.line end,
            errors = case when w.type is null then j.errors
                else ${schema}.append_error(j.errors, j.attempt + 1, v_at, w.type, w.message, w.stack) end
        from waits w
        where j.id = any (array[w.id]) and j.seq is not distinct from w.seq
        returning j.id
    )
    select p.id, false, false, v_at from put_off p;
    for v_ending in
        select s.state::${schema}.job_state as state, array_agg(s.id order by s.id) as ids, array_agg(s.seq order by s.id) as seqs
        from unnest(p_ids, p_seqs, p_claims, p_delays, p_states) as s (id, seq, claim, delay, state)
        where s.delay is null and ((s.seq, s.claim) in (select unnest(v_seqs), unnest(v_held))) is true
        group by s.state
    loop
        return query
        select d.id, true, (d.id = any (e.awaited)) is true, v_at
        from ${schema}.end_jobs(
            v_ending.state, v_at, v_ending.ids, v_ending.seqs, p_ids, p_claims, p_micros, null, p_types, p_messages,
            p_stacks) e
            cross join unnest(e.ended) as d (id);
        if v_ending.state = 'cancelled' then
            delete from ${schema}.cancellation x where x.job_id = any (v_ending.ids);
        end if;
    end loop;
end
$$;
