-- Gives jobs back without charging an attempt: they leave their claim and keep their seq, hence their place in the line.
-- Locks: the claim rows, in id order and for update; one that a handler's transaction holds is skipped, since its job may
-- just be completed. Safe to keep the seq, since the claim that named it does so no longer when this commits.
-- p_seqs and p_claims go together; p_emptied are claims that have no other job left. Returns the claims that were changed.
create or replace function ${schema}.release(p_seqs bigint[], p_claims bigint[], p_emptied bigint[]) returns bigint[]
language plpgsql
${along_indexes}
as $$
declare
    v_locked bigint[];
begin
    v_locked := array(
        select c.id from ${schema}.claim c where c.id = any (p_claims) order by c.id for update skip locked);
    delete from ${schema}.claim c where c.id = any (v_locked) and c.id = any (p_emptied);
    update ${schema}.claim c
    set seqs = array(
        select s from unnest(c.seqs) s
        where s not in (select g.seq from unnest(p_seqs, p_claims) as g (seq, claim) where g.claim = c.id)
        order by s)
    where c.id = any (v_locked);
    return v_locked || array(
        select p.id from unnest(p_claims) as p (id) where not exists (select from ${schema}.claim c where c.id = any (array[p.id])));
end
$$;
