-- Takes a node off the list when it stops. Locks the node's own row.
delete from ${schema}.node where id = ? and token = ?
