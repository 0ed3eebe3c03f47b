-- In how many milliseconds the next deadline is over, null for never. Locks nothing.
select ceil(extract(epoch from min(d.look_at) - clock_timestamp()) * 1000.0)::bigint from ${schema}.job_deadline d
