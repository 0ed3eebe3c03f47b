-- Registers a node under a new number, which is never used again. Locks nothing but its own new row; durable before any
-- claim names it, even where commits need not be: after a crash the number would be given out again.
insert into ${schema}.node (token, name, heartbeat_every, silence_allowed)
select ?, ?, ?::double precision * interval '1 millisecond', ?::double precision * interval '1 millisecond'
where case when current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', 'local', true) end
    is distinct from 'off'
returning id
