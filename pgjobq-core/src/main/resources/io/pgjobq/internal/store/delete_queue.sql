-- Takes a queue's name away, if it is empty or if its jobs may go with it. Locks the queue's row. From the commit on nobody
-- can send to it; a transaction that is still sending to it is the reason why its row and jobs are purged later.
-- Whether it is empty, one entry of an index tells: the order is there to have it used.
update ${schema}.queue q
set name = pg_catalog.concat('(deleted) ', q.id, ' ', q.name), deleted_xid = pg_current_xact_id(),
    deleted_at = clock_timestamp()
where q.name = ?::text and (?
    or (select true from ${schema}.job j where j.queue_id = q.id order by j.queue_id, j.lane, j.seq limit 1) is null)
returning q.id
