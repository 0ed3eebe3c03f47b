-- The claims of a node. Locks nothing.
select c.id from ${schema}.claim c where c.node_id = ?
