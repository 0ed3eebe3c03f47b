-- Registers a node under a new number, which is never used again. Locks nothing but its own new row; durable before any
-- claim names it.
insert into ${schema}.node (name, heartbeat_every, silence_allowed)
values (?, ?::double precision * interval '1 millisecond', ?::double precision * interval '1 millisecond')
returning id
