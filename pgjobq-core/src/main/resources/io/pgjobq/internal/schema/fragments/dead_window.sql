-- What comes next of the dead jobs of queue v_queue: those whose death and id are $1 (v_time, v_after) in the order $2.
select coalesce(array_agg(w.id), '{}'), array_agg(w.finished_at), array_agg(w.fits) into v_ids, v_times, v_fits
            from (
                select f.id, f.finished_at, (${meant(f)}) is true as fits
                from (
                    select d.*
                    from ${schema}.finished_job d
                    where d.queue_id = v_queue and d.state = 'dead' and d.finished_at >= v_from and d.finished_at <= v_to
                        and d.finished_at < v_before and (d.finished_at, d.id) $1 (v_time, v_after)
                    order by d.finished_at $2, d.id $2
                    limit v_chunk
                ) f
            ) w
