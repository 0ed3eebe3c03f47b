-- Finds what no wake-up told of: for each lane of the given queues the lowest seq, from p_from on, that nobody has taken, and
-- for the quarantine lane that of a quarantined job (see the function claim). The last row, without a queue, says in what time the next waiting
-- job is due, null for never, or if not all is looked at. Locks nothing: it is a look, the claim that follows decides.
create or replace function ${schema}.sweep(p_queues integer[], p_from bigint)
returns table (queue_id integer, priority smallint, seq bigint, due_in_millis bigint)
language plpgsql
${along_indexes}
set enable_sort = off
as $$
begin
    foreach queue_id in array p_queues loop
        for lane in 0 .. ${quarantine_lane} - 1 loop
            sweep.priority := lane;
            select f.seq into sweep.seq
            from (
                select j.seq
                from ${schema}.job j
                where ${ready_in_lane(sweep.queue_id, sweep.priority, p_from)}
                    and (j.rescues >= ${quarantine_after}) is not true
                order by j.seq
                limit 1
            ) f;
            if sweep.seq is not null then
                return next;
            end if;
        end loop;
        sweep.priority := ${quarantine_lane};
        select min(j.seq) into sweep.seq
        from ${schema}.job j
        where ${ready_in_quarantine(sweep.queue_id)};
        if sweep.seq is not null then
            return next;
        end if;
    end loop;
    queue_id := null;
    sweep.priority := null;
    sweep.seq := null;
    -- A look that starts further up is to be cheap, and jobs that were put in line leave dead entries behind here.
    due_in_millis := case when p_from = 0 then (
        select ceil(extract(epoch from min(w.run_at) - clock_timestamp()) * 1000)::bigint
        from ${schema}.queue q cross join lateral (
            select j.run_at from ${schema}.job j
            where j.queue_id = q.id and j.run_at is not null
            order by j.run_at
            limit 1
        ) w) end;
    return next;
end
$$;
