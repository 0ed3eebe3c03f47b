-- Sends one notification. Commits asynchronously, since nothing durable is written: the instance-wide lock that a notifying
-- commit takes is not held while anything is flushed.
select set_config('synchronous_commit', 'off', true), pg_catalog.pg_notify(?, ?)
