-- Marks jobs as waited for. Locks the rows of those that are not marked yet. Returns the ids that have not ended.
with marked as (
    update ${schema}.job j set awaited = true where j.id = any (?) and not j.awaited returning j.id
)
select m.id from marked m
union
select j.id from ${schema}.job j where j.id = any (?) and j.awaited
