-- Sends the jobs of schedules that are due, and moves these on, all in the caller's one transaction. A schedule that is not as the
-- caller saw it, in version and next time, is passed over: somebody else has dealt with it, or it was changed or paused.
-- Locks: the rows of the schedules, which the caller names in one order, so that no two wait for each other. Senders wait for
-- nothing: a job's row is new.
-- p_of says for each of p_times to which of the schedules it belongs, by place, in the order in which they are to be sent. A schedule
-- of which p_alone is true sends nothing while its last job has not ended.
-- Returns for each schedule that was moved its place, its queue, its priority, and the first and the number of its jobs, null and 0 for
-- none.
create or replace function ${schema}.fire_schedules(
    p_names text[], p_versions integer[], p_expected timestamptz[], p_next timestamptz[], p_due timestamptz[], p_alone boolean[],
    p_of integer[], p_times timestamptz[])
returns table (place integer, queue_id integer, priority smallint, seq bigint, jobs integer)
language plpgsql
${row_by_row}
as $$
#variable_conflict use_column
declare
    v_schedule ${schema}.schedule;
    v_id bigint;
    v_time timestamptz;
begin
    for i in 1 .. cardinality(p_names) loop
        update ${schema}.schedule s
        set next_at = p_next[i], due_at = p_due[i]
        where s.name = p_names[i] and s.version = p_versions[i] and s.next_at = p_expected[i] and not s.paused
        returning s.* into v_schedule;
        continue when v_schedule.name is null;
        place := i;
        queue_id := v_schedule.queue_id;
        priority := v_schedule.priority;
        seq := null;
        jobs := 0;
        if not (p_alone[i] and exists (select from ${schema}.job j where j.id = v_schedule.last_job)) then
            foreach v_time in array array(
                select t.time
                from unnest(p_of, p_times) with ordinality as t (schedule, time, place)
                where t.schedule = i and exists (
                    select from ${schema}.queue q where q.id = v_schedule.queue_id and q.deleted_xid is null)
                order by t.place)
            loop
                v_id := nextval('${schema}.job_seq'::regclass);
                insert into ${schema}.job (id, seq, queue_id, lane, type, payload, attributes)
                values (v_id, v_id, v_schedule.queue_id, v_schedule.priority, v_schedule.type, v_schedule.payload,
                    ${scheduled(v_schedule.attributes, v_schedule.name, v_time, v_schedule.last_at)});
                seq := coalesce(seq, v_id);
                jobs := jobs + 1;
                v_schedule.last_at := v_time;
            end loop;
        end if;
        if jobs > 0 then
            update ${schema}.schedule s
            set last_at = v_schedule.last_at, last_job = v_id
            where s.name = v_schedule.name;
        end if;
        return next;
    end loop;
end
$$;
