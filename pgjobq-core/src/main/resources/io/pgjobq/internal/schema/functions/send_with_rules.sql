-- Inserts jobs with a unique key, a deadline, or a key by which they take turns, inside the caller's transaction, each unless another one of its queue has its key.
-- Where one has that waits, and p_replace is true, that gets what the new one would have been: payload, type, attributes, priority,
-- deadline, and the time until which it waits, be that over.
-- Locks: see take_key, in the order of the keys, so that no two who do so wait for each other; and the rows of waiting jobs that
-- are changed. Those nobody holds, and whoever would put them in line, or end them, passes them by.
-- Returns for each job, in the order given, its id or that of the one that has its key; what became of it ('new', 'kept' or
-- 'replaced'); when it is due, null if it is ready; and the queue's number. No row: there is no such queue. One row of
-- place 0, 'unkeyed': keys by which jobs take turns say nothing in that queue; nothing is stored.
create or replace function ${schema}.send_with_rules(
    p_queue text, p_keys text[], p_types text[], p_payloads bytea[], p_priority smallint, p_attributes jsonb, p_awaited boolean,
    p_delay bigint, p_at timestamptz, p_until_started boolean, p_period bigint, p_replace boolean,
    p_expires bigint, p_expires_at timestamptz, p_order_keys text[])
returns table (place integer, id bigint, fate text, due_in_millis bigint, queue_id integer)
language plpgsql
${row_by_row}
as $$
#variable_conflict use_column
declare
    v_queue integer;
    v_ids bigint[];
    v_holder bigint;
    v_now timestamptz := clock_timestamp();
    v_run_at timestamptz := coalesce(p_at, v_now + nullif(p_delay, 0)::double precision * interval '1 millisecond');
    v_waits boolean := coalesce(v_run_at > v_now, false);
    v_until timestamptz := greatest(v_run_at, v_now);
    v_free_at timestamptz := v_now + p_period::double precision * interval '1 millisecond';
    v_expires_at timestamptz := coalesce(p_expires_at, v_now + p_expires::double precision * interval '1 millisecond');
    v_key text;
    v_line bigint;
    v_per_key integer;
begin
    select q.id, q.per_key into v_queue, v_per_key from ${schema}.queue q where q.name = p_queue;
    if v_queue is null then
        return;
    end if;
    queue_id := v_queue;
    if v_per_key is null and array_remove(p_order_keys, null) <> '{}' then
        place := 0;
        fate := 'unkeyed';
        return next;
        return;
    end if;
    v_ids := array(select nextval('${schema}.job_seq'::regclass) from generate_series(1, cardinality(p_keys)));
    for place, v_key in
        select k.place::integer, k.key from unnest(p_keys) with ordinality as k (key, place) order by k.key collate "C" nulls last, k.place
    loop
        v_holder := null;
        if v_key is not null then
            v_holder := ${schema}.take_key(v_queue, v_key, v_ids[place], p_until_started, v_free_at);
        end if;
        due_in_millis := case when v_waits then ceil(extract(epoch from v_run_at - clock_timestamp()) * 1000.0)::bigint end;
        v_line := ${line_of(p_order_keys[place])};
        if v_holder is null then
            id := v_ids[place];
            fate := 'new';
            insert into ${schema}.job (id, seq, lane, priority, queue_id, awaited, type, payload, attributes, unique_key,
                expires_at, asks, key, line)
            values (id, ${new_place(id, p_priority, v_run_at + (place - 1) * interval '1 microsecond', v_waits)},
                v_queue, p_awaited, p_types[place], p_payloads[place], p_attributes, v_key, v_expires_at,
                case when v_expires_at is not null or v_key is not null and p_until_started then true end,
                p_order_keys[place], case when v_waits then -v_line else v_line end);
        else
            id := v_holder;
            fate := 'kept';
            if p_replace then
                update ${schema}.job j
                set type = p_types[place], payload = p_payloads[place], attributes = p_attributes, awaited = j.awaited or p_awaited,
                    priority = p_priority, seq = ${place_of(v_until)} + place - 1, expires_at = v_expires_at,
                    key = p_order_keys[place], line = -v_line,
                    asks = case when v_expires_at is not null or exists (
                        select from ${schema}.job_key k
                        where k.queue_id = v_queue and k.key = v_key and k.until_started) then true end
                where j.id = v_holder and j.queue_id = v_queue and j.lane = ${waiting_lane};
                if found then
                    fate := 'replaced';
                    due_in_millis := coalesce(due_in_millis, 0);
                end if;
            end if;
        end if;
        if fate = 'replaced' and v_expires_at is null then
            delete from ${schema}.job_deadline d where d.job_id = v_holder;
        elsif fate <> 'kept' and v_expires_at is not null then
            insert into ${schema}.job_deadline as d (job_id, look_at)
            values (id, v_expires_at)
            on conflict (job_id) do update set look_at = excluded.look_at;
        end if;
        return next;
    end loop;
end
$$;
