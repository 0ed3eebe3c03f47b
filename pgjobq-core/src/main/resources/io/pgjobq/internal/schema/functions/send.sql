-- Sends a job from psql or any language; see the documentation of the SQL interface. Locks nothing of its own, but
-- pg_notify makes the caller's commit take an instance-wide lock: at high rates prefer send_quietly and let the next poll
-- find the job.
create or replace function ${schema}.send(
    queue text, payload jsonb, type text default '', delay interval default '0', priority integer default 5,
    attributes jsonb default null)
returns bigint
language plpgsql
${pinned}
as $$
declare
    v_id bigint;
begin
    v_id := ${schema}.send_quietly(queue, payload, type, delay, priority, attributes);
    perform pg_notify('${schema}_jobs', case
        when send.delay > interval '0'
        then 'w' || ceil(extract(epoch from send.delay) * 1000)::bigint
        else 'r' || (select q.id from ${schema}.queue q where q.name = send.queue) || ':' || send.priority || ':' || v_id
        end);
    return v_id;
end
$$;
