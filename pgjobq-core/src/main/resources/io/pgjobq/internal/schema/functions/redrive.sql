-- Makes a dead job ready again; with another type and payload, where those are given. Locks and safety: see revive.
create or replace function ${schema}.redrive(p_id bigint, p_type text, p_payload bytea)
returns table (queue_id integer, lane smallint, seq bigint, jobs bigint, due_in_millis bigint)
language plpgsql
${pinned}
as $$
begin
    return query select r.* from ${schema}.revive(array[p_id], 'infinity', p_type, p_payload, 0, null) r;
end
$$;
