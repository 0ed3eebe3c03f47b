-- Looks in a lane, from a seq on, and in quarantine, for jobs whose type is not among the given ones. Locks nothing;
-- bounded.
create or replace function ${schema}.unknown_types(p_queue integer, p_priority smallint, p_from bigint, p_types text[])
returns table (type text)
language plpgsql stable
${row_by_row}
set enable_sort = off
as $$
begin
    return query
    select distinct h.type
    from (
        (select j.type::text
        from ${schema}.job j
        where j.queue_id = p_queue and j.lane = p_priority and j.seq >= p_from
        order by j.seq
        limit 1000)
        union all
        (select j.type::text
        from ${schema}.job j
        where j.queue_id = p_queue and j.lane = ${quarantine_lane}
        order by j.seq
        limit 1000)
    ) h
    where h.type <> all (p_types);
end
$$;
