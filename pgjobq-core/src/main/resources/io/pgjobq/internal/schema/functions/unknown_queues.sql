-- Queues that jobs name although there are none: another program stored those jobs, and nobody will ever run them. Locks
-- nothing. Hops from one queue to the next along the indexes, so that it costs no more where there are many jobs.
create or replace function ${schema}.unknown_queues()
returns table (id integer)
language plpgsql stable
${row_by_row}
set enable_sort = off
as $$
begin
    return query
    with recursive ready as (
        (select j.queue_id as id from ${schema}.job j where j.run_at is null
            order by j.queue_id, j.priority, j.seq limit 1)
        union all
        select (select j.queue_id from ${schema}.job j where j.run_at is null and j.queue_id > r.id
            order by j.queue_id, j.priority, j.seq limit 1)
        from ready r
        where r.id is not null
    ), waiting as (
        (select j.queue_id as id from ${schema}.job j where j.run_at is not null
            order by j.queue_id, j.run_at, j.id limit 1)
        union all
        select (select j.queue_id from ${schema}.job j where j.run_at is not null and j.queue_id > w.id
            order by j.queue_id, j.run_at, j.id limit 1)
        from waiting w
        where w.id is not null
    )
    select n.id
    from (select r.id from ready r union select w.id from waiting w) n
    where n.id is not null and not exists (select from ${schema}.queue q where q.id = n.id)
    order by n.id;
end
$$;
