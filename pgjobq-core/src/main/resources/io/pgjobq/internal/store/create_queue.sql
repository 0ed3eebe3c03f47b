-- Creates a queue if there is none of that name. Locks nothing that exists.
insert into ${schema}.queue (name) values (?) on conflict (name) do nothing
