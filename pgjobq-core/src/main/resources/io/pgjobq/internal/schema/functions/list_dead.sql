-- Finds dead jobs that are asked for, a page: queue by queue in the order of their numbers, in each by the time of death; or all of that
-- the other way round. Locks nothing. Along the index of dead jobs; looks at p_look of them at most, however few of them are asked for,
-- and goes on at a place: of a queue, a time in microseconds since 1970 and the id that had it.
-- Returns a row for each job with its place, and then one without a job: the place after which to go on. No such row: those were all.
create or replace function ${schema}.list_dead(
    p_queue integer, p_type text, p_attributes jsonb, p_error text, p_sent_from timestamptz, p_sent_before timestamptz,
    p_died_from timestamptz, p_died_before timestamptz, p_newest boolean, p_page integer, p_look integer,
    p_at_queue integer, p_at bigint, p_at_id bigint)
returns table (id bigint, at_queue integer, at_micros bigint, at_id bigint)
language plpgsql stable
${row_by_row}
set enable_sort = off
as $$
#variable_conflict use_column
declare
    v_step integer := case when p_newest then -1 else 1 end;
    v_left integer := p_look;
    v_chunk integer;
    v_wanted integer := p_page;
    v_before timestamptz := coalesce(p_died_before, 'infinity');
    v_from timestamptz;
    v_to timestamptz;
    v_queue integer;
    v_time timestamptz;
    v_after bigint;
    v_ids bigint[];
    v_times timestamptz[];
    v_fits boolean[];
begin
    for v_queue in
        select q.id
        from ${schema}.queue q
        where q.deleted_xid is null and (p_queue is null or q.id = p_queue)
            and (p_at_queue is null or q.id * v_step >= p_at_queue * v_step)
        order by q.id * v_step
    loop
        v_time := case when p_newest then timestamptz 'infinity' else timestamptz '-infinity' end;
        v_after := 0;
        if v_queue = p_at_queue then
            v_time := ${moment_of(p_at)};
            v_after := p_at_id;
        end if;
        v_from := coalesce(p_died_from, '-infinity');
        v_to := 'infinity';
        v_chunk := ${first_look};
        loop
            v_chunk := least(v_chunk, v_left);
            if p_newest then
                v_to := v_time;
                ${dead_window(<, desc)};
            else
                v_from := greatest(v_from, v_time);
                ${dead_window(>, asc)};
            end if;
            for id, v_time in
                select x.id, x.time
                from unnest(v_ids, v_times, v_fits) with ordinality as x (id, time, fits, place)
                where x.fits
                order by x.place
                limit v_wanted
            loop
                at_queue := v_queue;
                at_micros := ${place_of(v_time)};
                at_id := id;
                v_wanted := v_wanted - 1;
                return next;
            end loop;
            if v_wanted > 0 and cardinality(v_ids) = v_left then
                at_queue := v_queue;
                at_micros := ${place_of(v_times[v_left])};
                at_id := v_ids[v_left];
            end if;
            if v_wanted = 0 or cardinality(v_ids) = v_left then
                id := null;
                return next;
                return;
            end if;
            exit when cardinality(v_ids) < v_chunk;
            v_time := v_times[v_chunk];
            v_after := v_ids[v_chunk];
            v_left := v_left - v_chunk;
            v_chunk := 4 * v_chunk;
        end loop;
        -- A look at a queue without any costs something, too.
        v_left := greatest(1, v_left - greatest(1, cardinality(v_ids)));
    end loop;
end
$$;
