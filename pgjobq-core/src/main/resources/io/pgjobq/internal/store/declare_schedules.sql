-- Notes that a node declares schedules. Locks its own new rows.
insert into ${schema}.schedule_node (node_id, name)
select ?::integer, n.name from pg_catalog.unnest(?::text[]) n (name)
on conflict (name, node_id) do nothing
