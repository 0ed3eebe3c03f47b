-- Sends a job without waking anybody: it starts when a node next polls. Locks nothing.
create or replace function ${schema}.send_quietly(
    queue text, payload jsonb, type text default '', delay interval default '0', priority integer default 5,
    attributes jsonb default null)
returns bigint
language plpgsql
${pinned}
as $$
declare
    v_queue integer;
    v_id bigint;
begin
    select q.id into v_queue from ${schema}.queue q where q.name = send_quietly.queue;
    if v_queue is null then
        raise exception 'queue ''%'' does not exist', queue using errcode = 'PJ003',
            hint = 'Create it by declaring a handler, under pgjobq.queues, or with JobQueues.create.';
    end if;
    if payload is null then
        raise exception 'queue ''%'': payload must not be null', queue using errcode = 'null_value_not_allowed';
    end if;
    if attributes is not null and (jsonb_typeof(attributes) <> 'object'
            or exists (select from jsonb_each(attributes) a where jsonb_typeof(a.value) <> 'string')) then
        raise exception 'queue ''%'': attributes must be an object of strings', queue
            using errcode = 'invalid_parameter_value';
    end if;
    if pg_column_size(attributes) > 65536 then
        raise exception 'queue ''%'': attributes must not take more than 64 KiB, but take % bytes', queue,
            pg_column_size(attributes) using errcode = 'invalid_parameter_value';
    end if;
    if char_length(type) > 200 then
        raise exception 'queue ''%'': type must not be longer than 200 characters, but is %', queue, char_length(type)
            using errcode = 'invalid_parameter_value';
    end if;
    if octet_length(payload::text) > 67108864 then
        raise exception 'queue ''%'': payload must not take more than 64 MiB, but takes % bytes; send a reference to it',
            queue, octet_length(payload::text) using errcode = 'invalid_parameter_value';
    end if;
    if priority is null or priority not between 0 and 9 then
        raise exception 'queue ''%'': priority must be from 0 (first) to 9 (last), but is %', queue, priority
            using errcode = 'invalid_parameter_value';
    end if;
    if delay > interval '100 years' then
        raise exception 'queue ''%'': delay must not exceed 100 years, but is %', queue, delay
            using errcode = 'invalid_parameter_value';
    end if;
    v_id := nextval('${schema}.job_seq');
    insert into ${schema}.job (id, seq, lane, priority, queue_id, type, payload, attributes)
    values (v_id, ${new_place(v_id, send_quietly.priority, clock_timestamp() + delay, delay > interval '0')},
        v_queue, coalesce(type, ''), convert_to(payload::text, 'UTF8'), attributes);
    return v_id;
end
$$;
