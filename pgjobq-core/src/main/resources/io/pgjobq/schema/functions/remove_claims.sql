-- Deletes claims of which every job is settled. Locks: the claim rows, in id order; one that a handler's transaction holds
-- is skipped. Returns those that are gone, the ones included that were gone before.
create or replace function ${schema}.remove_claims(p_claims bigint[]) returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
    if cardinality(p_claims) = 0 then
        return p_claims;
    end if;
    delete from ${schema}.claim c
    where c.id = any (array(
        select l.id from ${schema}.claim l where l.id = any (p_claims) order by l.id for update skip locked));
    return array(
        select p.id from unnest(p_claims) as p (id) where not exists (select from ${schema}.claim c where c.id = any (array[p.id])));
end
$$;
