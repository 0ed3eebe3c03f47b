-- The version of the schema. Locks nothing.
create or replace function ${schema}.version() returns integer
language sql immutable
return 1;
