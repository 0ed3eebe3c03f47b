-- A job is ready if it does not wait, and no claim names it. Of queue $1 and lane $2 those from seq $3 on, as j. Jobs and claims
-- are read by one statement: reading them in two could take a job twice.
j.queue_id = $1 and j.lane = $2 and j.seq >= $3
                and j.seq not in (
                    select unnest(c.seqs)
                    from ${schema}.claim c
                    where c.queue_id = $1 and c.lane = $2 and c.max_seq >= $3)
