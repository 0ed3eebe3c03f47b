-- Finds what no wake-up told of: for each lane of the given queues the lowest seq, from p_from on, that nobody has taken. The last row, without a queue, says in what time the next waiting
-- job is due, null for never, or if not all is looked at. Locks nothing: it is a look, the claim that follows decides.
create or replace function ${schema}.sweep(p_queues integer[], p_from bigint)
returns table (queue_id integer, priority smallint, seq bigint, due_in_millis bigint)
language plpgsql
${along_indexes}
set enable_sort = off
as $$
declare
    v_from bigint;
    v_per_key integer;
    v_key_order text;
begin
    foreach queue_id in array p_queues loop
        select q.per_key, q.key_order into v_per_key, v_key_order from ${schema}.queue q where q.id = sweep.queue_id;
        -- A job in quarantine keeps its old seq.
        for lane in 0 .. ${quarantine_lane} loop
            v_from := case when lane < ${quarantine_lane} then p_from else 0 end;
            sweep.priority := lane;
            select f.seq into sweep.seq
            from (
                select j.seq
                from ${schema}.job j
                where ${ready_in_lane(sweep.queue_id, sweep.priority, v_from)}
                    and (v_per_key is null or j.line is null or ${has_its_turn(j, v_per_key, v_key_order)})
                order by j.seq
                limit 1
            ) f;
            if sweep.seq is not null then
                return next;
            end if;
        end loop;
    end loop;
    queue_id := null;
    sweep.priority := null;
    sweep.seq := null;
    -- A look that starts further up is to be cheap, and jobs that were put in line leave dead entries behind here.
    if p_from = 0 then
        select ceil((min(w.seq) - ${place_of(clock_timestamp())}) / 1000.0)::bigint into due_in_millis
        from ${schema}.queue q cross join lateral (
            select j.seq
            from ${schema}.job j
            where j.queue_id = q.id and j.lane = ${waiting_lane}
            order by j.seq
            limit 1
        ) w;
    end if;
    return next;
end
$$;
