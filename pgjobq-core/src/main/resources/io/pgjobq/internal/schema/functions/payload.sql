-- A payload that was too large to come along with the claim. Locks nothing: payloads never change. A function for its
-- settings: a plan that a connection keeps from the day on which the table was empty would read all of it.
create or replace function ${schema}.payload(p_id bigint)
returns table (payload bytea)
language plpgsql stable
${row_by_row}
as $$
begin
    return query
    select j.payload::bytea from ${schema}.job j where j.id = p_id;
end
$$;
