-- What comes next in lane v_lane of queue v_queue: rows with a seq $1 v_seq in the order $2, one more than v_look.
select coalesce(array_agg(w.id), '{}'), array_agg(w.seq), array_agg(w.fits) into v_ids, v_seqs, v_fits
                from (
                    select j.id, j.seq::bigint as seq, (${meant(j)} and ${state_of(j.held)} = any (p_states)) is true as fits
                    from (
                        select o.*, o.seq in (select unnest(v_held)) as held
                        from ${schema}.job o
                        where o.queue_id = v_queue and o.lane = v_lane and o.seq $1 v_seq
                        order by o.seq $2
                        limit v_look + 1
                    ) j
                ) w
