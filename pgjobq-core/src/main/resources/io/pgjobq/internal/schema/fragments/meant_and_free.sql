-- The ids of those of the jobs in v_seqs that are asked for and that none of the claims in v_held has. None that has come since: it may
-- have come with its claim.
array(
        select j.id
        from ${schema}.job j
        where j.queue_id = p_queue and j.lane = p_lane and j.seq between v_seqs[1] and v_seqs[cardinality(v_seqs)]
            and (j.seq in (select unnest(v_seqs))) is true and (j.seq in (select unnest(v_held))) is not true
            and ${meant(j)}
        order by j.id)
