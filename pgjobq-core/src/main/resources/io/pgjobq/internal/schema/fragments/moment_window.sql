-- The same for jobs that wait for one moment, v_seqs[1], where they are too many to be sorted: along the primary key, from the id
-- $1 v_after on in the order $2. Rows of other jobs count, too.
select coalesce(array_agg(w.id), '{}'), array_agg(w.fits) into v_ids, v_fits
                    from (
                        select j.id, (j.queue_id = v_queue and j.lane = v_lane and j.seq = v_seqs[1]
                            and ${meant(j)} and ${state_of(false)} = any (p_states)) is true as fits
                        from (
                            select o.* from ${schema}.job o where o.id $1 v_after order by o.id $2 limit v_left
                        ) j
                    ) w
