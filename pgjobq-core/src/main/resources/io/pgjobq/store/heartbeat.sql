-- Shows that a node lives, and tells whether another one has been silent for longer than it should, and how far sequence
-- numbers have been drawn. Locks the node's own row. The commit is asynchronous: a lost heartbeat is followed by the next.
-- No row: the node has been declared dead.
update ${schema}.node n
set heartbeat_at = clock_timestamp(), session_lock = ?
where n.id = ? and set_config('synchronous_commit', 'off', true) = 'off'
returning exists (
    select from ${schema}.node o
    where o.id <> n.id and o.heartbeat_at < clock_timestamp() - o.heartbeat_every * 1.5::double precision),
    (select s.last_value from ${schema}.job_seq s)
