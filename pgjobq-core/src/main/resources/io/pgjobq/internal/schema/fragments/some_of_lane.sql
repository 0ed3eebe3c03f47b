-- The seqs of up to p_limit jobs of lane p_lane of queue p_queue, from p_from to p_until, in v_seqs, and in next_seq from where to go on, null if
-- the lane is done. Returns if there is none.
v_seqs := array(
        select j.seq::bigint
        from ${schema}.job j
        where j.queue_id = p_queue and j.lane = p_lane and j.seq >= p_from and j.seq <= p_until
        order by j.seq
        limit p_limit);
    if cardinality(v_seqs) = 0 then
        return;
    end if;
    if cardinality(v_seqs) = p_limit then
        next_seq := v_seqs[p_limit] + 1;
    end if
