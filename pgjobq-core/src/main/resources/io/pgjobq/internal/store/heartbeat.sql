-- Shows that a node lives, and tells whether another one has been silent for longer than it should, how far sequence numbers
-- have been drawn, and in which history that was: the server's identity and its timeline, which a promotion and a recovery to
-- a point in time change; and which of the node's queues are not there; whether this node has jobs to cancel; and in
-- what time the next schedule is due, null for never; and the server's time. Locks the node's own row. The commit is asynchronous:
-- a lost heartbeat is followed by the next.
-- No row: the node has been declared dead, or the database was restored from a state that has no such registration.
update ${schema}.node n
set heartbeat_at = clock_timestamp(), session_lock = ?
where n.id = ? and n.token = ? and set_config('synchronous_commit', 'off', true) = 'off'
returning exists (
    select from ${schema}.node o
    where o.id <> n.id and o.heartbeat_at < clock_timestamp() - o.heartbeat_every * 1.5::double precision),
    (select s.last_value from ${schema}.job_seq s),
    (select c.system_identifier::text from pg_control_system() c) || '/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
    array(
        select w.id::bigint from pg_catalog.unnest(?::integer[]) w (id)
        where not exists (select from ${schema}.queue q where q.id = w.id and q.deleted_xid is null)),
    exists (
        select from ${schema}.cancellation c
        where c.node_id = n.id or not exists (select from ${schema}.node o where o.id = c.node_id)),
    (select ceil(extract(epoch from min(s.due_at) - clock_timestamp()) * 1000.0)::bigint from ${schema}.schedule s),
    clock_timestamp()
