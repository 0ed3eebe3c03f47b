-- Finds jobs that are asked for, be they over or not, a page, by their ids, which is about the order in which they were sent. Locks
-- nothing. Along the primary keys of both tables, in one snapshot: a job that ends between two pages is on one of them, and once. Looks
-- at p_look rows at most, however few of them are asked for, and at no more than fill the page by a few times; at none of the hot table where unfinished jobs are not asked for.
-- Returns a row for each job, and then one without a job: the id after which to go on. No such row: those were all.
create or replace function ${schema}.list_by_id(
    p_queue integer, p_states text[], p_type text, p_attributes jsonb, p_error text, p_sent_from timestamptz,
    p_sent_before timestamptz, p_ended_from timestamptz, p_ended_before timestamptz, p_newest boolean, p_page integer,
    p_look integer, p_at_id bigint)
returns table (id bigint, at_id bigint)
language plpgsql stable
${row_by_row}
set enable_sort = off
as $$
#variable_conflict use_column
declare
    v_after bigint := coalesce(p_at_id, case when p_newest then 9223372036854775807 else -9223372036854775808 end);
    v_unfinished boolean := p_states && '{scheduled,retrying,ready,running}' and p_ended_from is null and p_ended_before is null;
    v_wanted integer := p_page;
    v_left integer := p_look;
    v_chunk integer := ${first_look};
    v_ids bigint[];
    v_fits boolean[];
begin
    loop
        v_chunk := least(v_chunk, v_left);
        if p_newest then
            ${id_window(<, desc)};
        else
            ${id_window(>, asc)};
        end if;
        for id in
            select x.id
            from unnest(v_ids, v_fits) with ordinality as x (id, fits, place)
            where x.fits
            order by x.place
            limit v_wanted
        loop
            at_id := id;
            v_wanted := v_wanted - 1;
            return next;
        end loop;
        exit when v_wanted = 0;
        -- Those were all.
        if cardinality(v_ids) < v_chunk then
            return;
        end if;
        at_id := v_ids[v_chunk];
        v_after := at_id;
        v_left := v_left - v_chunk;
        exit when v_left = 0;
        v_chunk := 4 * v_chunk;
    end loop;
    id := null;
    return next;
end
$$;
