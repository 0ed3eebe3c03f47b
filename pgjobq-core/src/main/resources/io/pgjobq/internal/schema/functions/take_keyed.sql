-- Chooses which jobs a claim takes of a queue whose jobs have keys: up to p_limit, of which no key has more than p_most at a time; where
-- p_ordered is true, the next one in the order of their ids; then p_most is 1.
-- Locks: rows of key_hold, which nobody else has, as the caller, who then makes the claims, has the queue's lock: so claims see what those
-- before them have taken, and no two take of a key at once what only one may.
-- A job that may not be taken is passed over, once: it is not looked for again at its place in the lane, but by its line when one that
-- stands in its way has ended. The row of that one says that it is wanted; where it is none that is held, it will be taken before, and then
-- says so. p_lines are lines in which there may be a job now. Those left are returned: see the last row.
-- A job of a key that stands before those that a lane shows is taken in their stead, whatever its priority: so the order needs nobody to
-- have heard of it.
-- Looks at some thousands of rows at most, so that claims don't wait for long; then more says that the rest of the lane is to be looked at.
-- Returns for each lane what is taken, in the order of the seqs, and where to go on, null where it was not looked at. Then one row without a lane
-- for what is taken that has a key: ids, their lines and keys. The last row has lines for which there was no room, and in ids those whose next
-- job has a type that the node does not run.
create or replace function ${schema}.take_keyed(
    p_queue integer, p_most integer, p_ordered boolean, p_claim bigint, p_limit integer,
    p_lanes smallint[], p_from bigint[], p_types text[], p_lines bigint[])
returns table (lane smallint, seqs bigint[], next_seq bigint, more boolean, lines bigint[], ids bigint[], keys text[])
language plpgsql
${row_by_row}
as $$
#variable_conflict use_column
declare
    v_left integer := p_limit;
    v_from bigint;
    v_lane smallint;
    v_next bigint[] := array_fill(null::bigint, array[cardinality(p_lanes)]);
    v_more boolean[] := array_fill(false, array[cardinality(p_lanes)]);
    v_look integer;
    v_walked integer;
    v_seqs bigint[];
    v_ids bigint[];
    v_lines bigint[];
    v_count integer;
    v_picked record;
    v_kept_lines bigint[] := case when p_limit = 0 then p_lines else '{}' end;
    v_foreign bigint[] := '{}';
    t_lanes smallint[] := '{}';
    t_seqs bigint[] := '{}';
    t_ids bigint[] := '{}';
    t_lines bigint[] := '{}';
    t_keys text[] := '{}';
begin
    for i in 0 .. cardinality(p_lanes) loop
        continue when i = 0 and cardinality(p_lines) = 0;
        exit when v_left = 0;
        v_lane := case when i = 0 then -1 else p_lanes[i] end;
        v_from := p_from[i];
        v_walked := 0;
        v_look := case when v_lane = ${quarantine_lane} then 100 else v_left end;
        loop
            v_seqs := '{}';
            v_ids := '{}';
            v_lines := p_lines;
            if i > 0 then
                select coalesce(array_agg(w.seq), '{}'), array_agg(w.id), array_agg(w.line) into v_seqs, v_ids, v_lines
                from (
                    select j.seq::bigint as seq, j.id, j.line
                    from ${schema}.job j
                    where ${ready_in_lane(p_queue, v_lane, v_from)}
                        and ${runs_type(p_types, j.type)}
                        and (j.seq in (select unnest(t_seqs))) is not true
                    order by j.seq
                    limit v_look
                ) w;
            end if;
            v_count := case when i > 0 then cardinality(v_seqs) else cardinality(p_lines) end;
            with considered as materialized (
                select k.line, min(k.ord) as ord
                from (
                    select w.line, coalesce(w.seq, w.place) as ord
                    from unnest(v_lines, v_seqs) with ordinality as w (line, seq, place)
                    where w.line is not null
                ) k
                group by k.line
            ), followers as materialized (
                select k.line, k.ord, n.id, n.seq, n.lane, n.key, n.place, h.held, h.may, n.own,
                    count(*) over (partition by k.line) as rows,
                    n.fits and case
                        when p_ordered then n.place <= h.may and bool_and(n.fits) over (partition by k.line order by n.place)
                        else count(*) filter (where n.fits) over (partition by k.line order by n.place) <= h.may
                    end as free
                from considered k cross join lateral (
                    select count(*)::integer as held, coalesce(array_agg(o.id), '{}') as ids,
                        greatest(0, p_most - count(*)) as may
                    from ${schema}.key_hold o
                    where o.queue_id = p_queue and o.line = k.line
                        and (o.claim_id between p_claim + 1 and p_claim + 16 or ${still_held(o)})
                ) h cross join lateral (
                    select l.*, row_number() over (order by l.id) as place
                    from (
                        select j.id, j.seq::bigint as seq, j.lane::smallint as lane, j.key::text as key,
                            ${runs_type(p_types, j.type)} as own,
                            ${runs_type(p_types, j.type)} and array_position(p_lanes, j.lane::smallint) is not null
                            and (j.lane = ${quarantine_lane}) = (v_lane = ${quarantine_lane}) as fits
                        from ${schema}.job j
                        where j.queue_id = p_queue and j.line = k.line and (j.id = any (h.ids)) is not true
                        order by j.id
                        limit h.may + case when p_ordered then 1 else 17 end
                    ) l
                ) n
            ), picks as materialized (
                select u.*
                from (
                    select w.seq as ord, 0::bigint as place, w.id, w.seq, v_lane as lane, null::bigint as line, null::text as key,
                        0::bigint as rows
                    from unnest(v_seqs, v_ids, v_lines) as w (seq, id, line)
                    where w.line is null
                    union all
                    select f.ord, f.place, f.id, f.seq, f.lane, f.line, f.key, f.rows from followers f where f.free
                ) u
                order by u.ord, u.place
                limit case when v_lane = ${quarantine_lane} then 1 else v_left end
            ), made as (
                insert into ${schema}.key_hold as o (queue_id, line, id, seq, claim_id, wanted)
                select p_queue, m.line, m.id, m.seq, p_claim + array_position(p_lanes, m.lane), m.rows > m.picked or not p_ordered and p_types is not null
                from (select p.*, count(*) over (partition by p.line) as picked from picks p where p.line is not null) m
                on conflict (queue_id, line, id)
                do update set seq = excluded.seq, claim_id = excluded.claim_id, wanted = excluded.wanted
            ), marked as (
                update ${schema}.key_hold o
                set wanted = true
                from (select distinct f.line from followers f where f.held > 0 and not f.free) b
                where o.queue_id = p_queue and o.line = b.line and not o.wanted and (o.id in (select p.id from picks p)) is not true
            )
            select (select max(p.ord) from picks p) as last, array(select p.lane from picks p order by p.id) as lanes,
                array(select p.seq from picks p order by p.id) as seqs, array(select p.id from picks p order by p.id) as ids,
                array(select p.line from picks p order by p.id) as lines, array(select p.key from picks p order by p.id) as keys,
                array(select distinct f.line from followers f where f.may > 0 and not f.own and (f.place = 1 or not p_ordered)) as others
            into v_picked;
            t_lanes := t_lanes || v_picked.lanes;
            t_seqs := t_seqs || v_picked.seqs;
            t_ids := t_ids || v_picked.ids;
            t_lines := t_lines || v_picked.lines;
            t_keys := t_keys || v_picked.keys;
            v_left := v_left - cardinality(v_picked.ids);
            if i = 0 then
                v_foreign := v_picked.others;
                if v_left = 0 then
                    v_kept_lines := p_lines[v_picked.last:];
                end if;
                exit;
            end if;
            v_walked := v_walked + v_count;
            exit when v_lane = ${quarantine_lane};
            if v_left = 0 then
                v_next[i] := v_picked.last + 1;
                v_more[i] := true;
                exit;
            end if;
            if v_count > 0 then
                v_from := v_seqs[v_count] + 1;
            end if;
            if v_count < v_look then
                v_next[i] := greatest(v_from, coalesce((
                    select c.max_seq + 1
                    from ${schema}.claim c
                    where c.queue_id = p_queue and c.lane = v_lane and c.max_seq >= v_from
                    order by c.max_seq desc
                    limit 1), v_from));
                exit;
            end if;
            if v_walked >= 4000 then
                v_next[i] := v_from;
                v_more[i] := true;
                exit;
            end if;
            v_look := least(1000, v_look * 4 + 100);
        end loop;
    end loop;
    for i in 1 .. cardinality(p_lanes) loop
        lane := p_lanes[i];
        seqs := array(
            select t.seq from unnest(t_lanes, t_seqs) as t (lane, seq) where t.lane = p_lanes[i] order by t.seq);
        next_seq := v_next[i];
        more := v_more[i];
        if cardinality(seqs) > 0 or next_seq is not null then
            return next;
        end if;
    end loop;
    lane := null;
    next_seq := null;
    more := null;
    seqs := null;
    select array_agg(t.line), array_agg(t.id), array_agg(t.key) into lines, ids, keys
    from unnest(t_lines, t_ids, t_keys) as t (line, id, key)
    where t.line is not null;
    if lines is not null then
        return next;
    end if;
    lines := v_kept_lines;
    ids := v_foreign;
    keys := null;
    return next;
end
$$;
