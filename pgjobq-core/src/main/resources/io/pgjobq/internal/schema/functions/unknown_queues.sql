-- Queues that jobs name although there are none: another program stored those jobs, and nobody will ever run them. Locks
-- nothing. Hops from one queue to the next along the index, so that it costs no more where there are many jobs.
create or replace function ${schema}.unknown_queues()
returns table (id integer)
language plpgsql stable
${row_by_row}
set enable_sort = off
as $$
begin
    return query
    with recursive named as (
        (select j.queue_id as id from ${schema}.job j order by j.queue_id, j.lane, j.seq limit 1)
        union all
        select (select j.queue_id from ${schema}.job j where j.queue_id > n.id order by j.queue_id, j.lane, j.seq limit 1)
        from named n
        where n.id is not null
    )
    select n.id
    from named n
    where n.id is not null and not exists (select from ${schema}.queue q where q.id = n.id)
    order by n.id;
end
$$;
