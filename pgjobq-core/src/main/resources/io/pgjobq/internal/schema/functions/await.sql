-- Marks jobs as waited for. Locks the rows of those that are not marked yet, in id order, as settling does: else the two
-- could wait for each other. Returns the ids that have not ended. A function for its settings: see payload.
create or replace function ${schema}.await(p_ids bigint[])
returns table (id bigint)
language plpgsql
${row_by_row}
as $$
begin
    return query
    with unmarked as materialized (
        select j.id from ${schema}.job j where j.id = any (p_ids) and not j.awaited order by j.id for no key update
    ), marked as (
        update ${schema}.job j set awaited = true from unmarked u where j.id = any (array[u.id]) returning j.id
    )
    select m.id from marked m
    union
    select j.id from ${schema}.job j where j.id = any (p_ids) and j.awaited;
end
$$;
