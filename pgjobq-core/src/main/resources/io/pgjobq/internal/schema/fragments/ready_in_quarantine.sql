-- The same, of queue $1, of all lanes: those in quarantine.
j.queue_id = $1 and j.rescues >= ${quarantine_after} and j.run_at is null
                and j.seq not in (select unnest(c.seqs) from ${schema}.claim c where c.queue_id = $1)
