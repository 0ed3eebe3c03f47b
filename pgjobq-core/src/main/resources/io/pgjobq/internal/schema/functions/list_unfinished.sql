-- Finds unfinished jobs that are asked for, a page: queue by queue in the order of their numbers, in each the lanes one after the
-- other, in each lane by place; or all of that the other way round. Locks nothing. Looks at p_look rows of the hot table at most,
-- however few of them are asked for, but for the case below, and goes on at a place: of a queue, a lane, a seq and the id before it.
-- Where running jobs alone are asked for, they are looked up by the claims, which may name some that are gone.
-- In a lane of the line a seq is there once. Jobs that wait may have the same one: those are sorted by their ids, and walked over along
-- the primary key where they are more than may be looked at: then twice as many rows are read.
-- Returns a row for each job with its place, and then one without a job: the place after which to go on. No such row: those were all.
create or replace function ${schema}.list_unfinished(
    p_queue integer, p_states text[], p_type text, p_attributes jsonb, p_error text, p_sent_from timestamptz,
    p_sent_before timestamptz, p_newest boolean, p_page integer, p_look integer,
    p_at_queue integer, p_at_lane integer, p_at_seq bigint, p_at_id bigint)
returns table (id bigint, at_queue integer, at_lane integer, at_seq bigint, at_id bigint)
language plpgsql stable
${row_by_row}
set enable_sort = off
as $$
#variable_conflict use_column
declare
    v_step integer := case when p_newest then -1 else 1 end;
    -- Before everything that may come.
    v_start bigint := case when p_newest then 9223372036854775807 else -9223372036854775807 end;
    v_lowest integer := case when p_states && '{ready,running}' then 0 else ${waiting_lane} end;
    v_highest integer := case when p_states && '{scheduled,retrying}' then ${waiting_lane} else ${quarantine_lane} end;
    v_left integer := p_look;
    v_chunk integer := ${first_look};
    v_look integer;
    v_wanted integer := p_page;
    v_queue integer;
    v_lane integer;
    v_seq bigint;
    v_after bigint;
    v_held bigint[];
    v_ids bigint[];
    v_seqs bigint[];
    v_fits boolean[];
    v_last bigint;
    v_moment boolean;
begin
    for v_queue in
        select q.id
        from ${schema}.queue q
        where q.deleted_xid is null and (p_queue is null or q.id = p_queue)
            and (p_at_queue is null or q.id * v_step >= p_at_queue * v_step)
        order by q.id * v_step
    loop
        v_lane := case when p_newest then v_highest else v_lowest end;
        v_seq := v_start;
        v_after := v_start;
        if v_queue = p_at_queue then
            v_lane := p_at_lane;
            v_seq := p_at_seq;
            v_after := p_at_id;
        end if;
        while v_lane between v_lowest and v_highest loop
            v_held := case when v_lane < ${waiting_lane} then array(
                select unnest(c.seqs) from ${schema}.claim c where c.queue_id = v_queue and c.lane = v_lane) else '{}' end;
            -- Of those that wait all that may be looked at, since many may wait for one moment.
            v_look := case when v_lane < ${waiting_lane} then least(v_chunk, v_left) else v_left end;
            if p_states = '{running}' then
                select coalesce(array_agg(coalesce(w.id, 0)), '{}'), array_agg(w.seq), array_agg(w.fits) into v_ids, v_seqs, v_fits
                from (
                    select h.id, s.seq, h.fits
                    from (
                        select u.seq
                        from unnest(v_held) as u (seq)
                        where u.seq * v_step >= v_seq * v_step
                        order by u.seq * v_step
                        limit v_look + 1
                    ) s left join lateral (
                        select j.id, (${meant(j)}) is true as fits
                        from ${schema}.job j
                        where j.queue_id = v_queue and j.lane = v_lane and j.seq = s.seq
                        limit 1
                    ) h on true
                ) w;
            elsif p_newest then
                ${lane_window(<=, desc)};
            else
                ${lane_window(>=, asc)};
            end if;
            v_last := null;
            v_moment := cardinality(v_ids) > v_look and v_seqs[1] = v_seqs[v_look + 1];
            if v_moment then
                if v_seqs[1] <> v_seq then
                    v_seq := v_seqs[1];
                    v_after := v_start;
                end if;
                if p_newest then
                    ${moment_window(<, desc)};
                else
                    ${moment_window(>, asc)};
                end if;
                v_seqs := array_fill(v_seq, array[cardinality(v_ids)]);
            elsif cardinality(v_ids) > v_look then
                -- There may be more with the last seq.
                v_last := v_seqs[v_look + 1];
            end if;
            for id, at_seq in
                select x.id, x.seq
                from unnest(v_ids, v_seqs, v_fits) as x (id, seq, fits)
                where x.fits and x.seq is distinct from v_last
                    and (x.seq <> v_seq or x.id * v_step > v_after * v_step)
                order by x.seq * v_step, x.id * v_step
                limit v_wanted
            loop
                at_queue := v_queue;
                at_lane := v_lane;
                at_id := id;
                v_wanted := v_wanted - 1;
                return next;
            end loop;
            if v_wanted = 0 then
                id := null;
                return next;
                return;
            end if;
            if v_last is not null then
                v_seq := v_last;
                v_after := v_start;
                v_left := v_left - v_look;
                v_chunk := 4 * v_chunk;
            elsif v_moment and cardinality(v_ids) = v_left then
                v_after := v_ids[v_left];
                v_left := 0;
            else
                v_lane := case when v_moment then v_lane else v_lane + v_step end;
                v_seq := case when v_moment then v_seq + v_step else v_start end;
                v_after := v_start;
                v_left := v_left - greatest(1, cardinality(v_ids));
            end if;
            if v_left <= 0 then
                id := null;
                at_queue := v_queue;
                at_lane := v_lane;
                at_seq := v_seq;
                at_id := v_after;
                return next;
                return;
            end if;
        end loop;
    end loop;
end
$$;
