-- Inserts one job inside the caller's transaction. Locks nothing but its own new row, so senders never wait for each other.
${one_ready_job}
returning id, queue_id
