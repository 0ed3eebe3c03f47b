-- In how many milliseconds the next schedule is due, null for never. Locks nothing.
select ceil(extract(epoch from min(s.due_at) - clock_timestamp()) * 1000.0)::bigint from ${schema}.schedule s
