-- Forgets that jobs were held, see free_keys, for a node that does not go on with their keys. Locks: the queue's advisory lock, as a claim
-- does: so whoever could not take a job of the key has said so before, or sees that it is free. Called as one autocommit statement.
-- Returns the lines in which there may be a job to take.
create or replace function ${schema}.give_up_keys(p_queue integer, p_lines bigint[], p_ids bigint[]) returns bigint[]
language plpgsql
${pinned}
as $$
begin
    ${read_committed_alone(give_up_keys)};
    perform pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, p_queue),
        set_config('synchronous_commit', 'off', true);
    return ${schema}.free_keys(p_queue, p_lines, p_ids);
end
$$;
