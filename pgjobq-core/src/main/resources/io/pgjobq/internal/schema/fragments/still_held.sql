-- Whether what a row of key_hold says, as $1, is true: the job is there, and the claim names it.
-- The job is found by its id: a comparison that no index knows keeps the planner from looking for the seq in all lanes.
(exists (select from ${schema}.job g where g.id = any (array[$1.id]) and (g.seq = $1.seq) is true)
            and exists (select from ${schema}.claim c where c.id = any (array[$1.claim_id]) and $1.seq = any (c.seqs)))
