-- Inserts one job inside the caller's transaction, and notifies when that commits. Locks nothing but its own new row; whoever
-- notifies waits at his commit for those who do so at the same time. A statement of its own: the part that most sends don't need
-- costs them 23,000 instructions of 284,000.
${one_ready_job}
returning id, queue_id, pg_catalog.pg_notify(?::text, pg_catalog.concat(?::text, queue_id, ':', lane::smallint, ':', id))
