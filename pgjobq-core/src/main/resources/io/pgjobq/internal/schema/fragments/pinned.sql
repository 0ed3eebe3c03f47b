-- No caller's search path decides what a function's names mean.
set search_path = pg_catalog, pg_temp
