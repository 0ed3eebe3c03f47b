-- Takes the session's lock that shows the node's process to be alive: the server drops it with the connection. Waits for
-- nobody: an earlier connection of the node that the server takes to be alive may still hold it.
select pg_try_advisory_lock('${schema}.node'::regclass::oid::integer, ?)
