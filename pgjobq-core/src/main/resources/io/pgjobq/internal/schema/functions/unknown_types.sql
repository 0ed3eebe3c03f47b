-- Looks in a lane, from a seq on, for free jobs whose type is not among the given ones (see claim). Locks nothing; bounded.
-- Returns for each type how many of the next 1000 jobs have it, and the first one's id.
create or replace function ${schema}.unknown_types(p_queue integer, p_lane smallint, p_from bigint, p_types text[])
returns table (type text, jobs bigint, example bigint)
language plpgsql stable
${row_by_row}
set enable_sort = off
as $$
begin
    return query
    select h.type, count(*), (array_agg(h.id))[1]
    from (
        select j.type::text, j.id
        from ${schema}.job j
        where ${ready_in_lane(p_queue, p_lane, p_from)}
        order by j.seq
        limit 1000
    ) h
    where ${runs_type(p_types, h.type)} is not true
    group by h.type;
end
$$;
