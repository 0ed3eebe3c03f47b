-- Takes the session's lock that shows the node's process to be alive: the server drops it with the connection. Waits for
-- nobody but a rescuer's momentary look at it.
select pg_advisory_lock('${schema}.node'::regclass::oid::integer, ?)
