-- A payload as JSON for people who look at the tables, null if it is none. Locks nothing.
create or replace function ${schema}.payload_json(p_payload bytea) returns jsonb
language plpgsql immutable
${pinned}
as $$
begin
    return convert_from(p_payload, 'UTF8')::jsonb;
exception when others then
    return null;
end
$$;
