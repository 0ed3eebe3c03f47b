-- Forgets what nodes declared that are gone. Locks the rows that it deletes, in no order, as nobody else needs them.
delete from ${schema}.schedule_node d
where not exists (select from ${schema}.node n where n.id = d.node_id)
