-- The day on which a job that ends now may be forgotten: the day after its retention is over, or the first of the next
-- month for long retentions, so that there are never many partitions. Locks nothing.
create or replace function ${schema}.drop_on(p_finished timestamptz, p_keep interval) returns date
language sql immutable
return case
    when p_keep <= interval '62 days' then (p_finished at time zone 'UTC' + p_keep)::date + 1
    else (date_trunc('month', p_finished at time zone 'UTC' + p_keep) + interval '1 month')::date
end;
