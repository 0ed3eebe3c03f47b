-- Makes those of up to p_look dead jobs of a queue ready again that are asked for, oldest death first, from a place on; at a rate where
-- p_every is given. Locks and safety: see revive; for how they are found, and what a place is, see list_dead.
-- Takes those only that were dead at p_until, now if it is null. Whoever goes on after a place passes on that of the first call, or
-- would go on for ever where jobs die again as fast.
-- Returns the rows of revive, and then one without a queue: which moment that was, and the place after which to go on, null if those
-- were all.
create or replace function ${schema}.redrive_some(
    p_queue integer, p_type text, p_attributes jsonb, p_error text, p_sent_from timestamptz, p_sent_before timestamptz,
    p_died_from timestamptz, p_died_before timestamptz, p_look integer, p_at bigint, p_at_id bigint, p_until timestamptz,
    p_done bigint, p_every bigint)
returns table (queue_id integer, lane smallint, seq bigint, jobs bigint, due_in_millis bigint, until timestamptz, next_at bigint,
    next_id bigint)
language plpgsql
${pinned}
as $$
declare
    v_until timestamptz := coalesce(p_until, clock_timestamp());
    v_ids bigint[];
    v_at bigint;
    v_id bigint;
begin
    select array_agg(l.id order by l.at_micros, l.id) filter (where l.id is not null),
        max(l.at_micros) filter (where l.id is null), max(l.at_id) filter (where l.id is null)
    into v_ids, v_at, v_id
    from ${schema}.list_dead(
        p_queue, p_type, p_attributes, p_error, p_sent_from, p_sent_before, p_died_from, least(p_died_before, v_until), false,
        p_look, p_look, case when p_at is not null then p_queue end, p_at, p_at_id) l;
    return query
    select r.*, null::timestamptz, null::bigint, null::bigint
    from ${schema}.revive(v_ids, v_until, null, null, p_done, p_every) r;
    return query
    select null::integer, null::smallint, null::bigint, null::bigint, null::bigint, v_until, v_at, v_id;
end
$$;
