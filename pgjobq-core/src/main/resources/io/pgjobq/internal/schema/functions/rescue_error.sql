-- What the error of an attempt says that was lost with the node that held its job. Locks nothing.
create or replace function ${schema}.rescue_error(p_rescues integer, p_attempts integer) returns text
language sql immutable
return case
    when p_rescues = 1 then 'the node that held the job is gone'
    else format('the node that held the job is gone, as at %s of its %s attempts: the job may be what kills its process',
        p_rescues, p_attempts)
end;
