-- Ends one job inside the handler's own transaction, which holds the claim row until it ends: so no rescue and no release
-- can take the job away between here and the commit, and those skip the claim instead of waiting. So that a process that is
-- frozen or cut off just there does not hold the claim for ever, the server rolls the transaction back if nothing follows
-- before the node would be declared dead. Returns whether somebody waits for the job; null if the claim is gone, or no longer
-- holds the job.
create or replace function ${schema}.complete(
    p_id bigint, p_seq bigint, p_claim bigint, p_micros bigint, p_result bytea, out awaited boolean, out at timestamptz)
language plpgsql
${along_indexes}
as $$
begin
    at := clock_timestamp();
    perform from ${schema}.claim c where c.id = p_claim and p_seq = any (c.seqs) for key share;
    if not found then
        return;
    end if;
    ${ends_if_silent(p_claim)};
    select e.awaited is not null into complete.awaited
    from ${schema}.end_jobs(
        'succeeded', at, array[p_id], array[p_seq], array[p_id], array[p_claim], array[p_micros], array[p_result],
        null, null, null) e
    where e.ended is not null;
end
$$;
