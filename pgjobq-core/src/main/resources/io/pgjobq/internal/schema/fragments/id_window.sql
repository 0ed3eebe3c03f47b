-- What comes next of all jobs, be they over or not: those whose ids are $1 v_after in the order $2.
select coalesce(array_agg(w.id), '{}'), array_agg(w.fits) into v_ids, v_fits
        from (
            select u.id, u.fits
            from (
                (select j.id, ((p_queue is null or j.queue_id = p_queue) and ${meant(j)}
                    and ${state_of(j.held)} = any (p_states)) is true as fits
                from (
                    select o.*, o.seq in (select unnest(c.seqs) from ${schema}.claim c) as held
                    from ${schema}.job o
                    where o.id $1 v_after and v_unfinished
                    order by o.id $2
                    limit v_chunk
                ) j)
                union all
                (select f.id, ((p_queue is null or f.queue_id = p_queue) and ${meant(f)} and f.state::text = any (p_states)
                    and (p_ended_from is null or f.finished_at >= p_ended_from)
                    and (p_ended_before is null or f.finished_at < p_ended_before)) is true as fits
                from (
                    select o.*
                    from ${schema}.finished_job o
                    where o.id $1 v_after
                    order by o.id $2
                    limit v_chunk
                ) f)
            ) u
            order by u.id $2
            limit v_chunk
        ) w
