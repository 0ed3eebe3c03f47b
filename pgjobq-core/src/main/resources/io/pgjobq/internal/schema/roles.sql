-- Roles of least privilege for pgjobq in schema ${schema}: group roles, which you grant to the roles that log in.
--
--   ${schema}_owner   owns the schema, and migrates it
--   ${schema}_worker  runs jobs, and does all that an application does at run time but migrate
--   ${schema}_sender  sends jobs, and can neither see nor change one
--   ${schema}_waiter  besides, waits for jobs: sees how far they are and how they end, their results and their errors
--   ${schema}_reader  sees queues, nodes and jobs, but no payload, no result and no text of an error or of progress
--
-- Apply it when the schema is there, and again whenever it has been migrated, as a superuser, or as the schema's owner if
-- that may create roles; all at once: psql --single-transaction --file roles.sql. It may be applied any number of times.
-- Locks the tables for a moment, as granting and changing an owner does. See docs/security.md.

set local search_path = pg_catalog, pg_temp;

do $$
declare
    v_role text;
begin
    foreach v_role in array array['owner', 'worker', 'sender', 'waiter', 'reader'] loop
        if not exists (select from pg_roles r where r.rolname = '${schema}_' || v_role) then
            execute format('create role %I nologin', '${schema}_' || v_role);
        end if;
    end loop;
end
$$;

-- The owner. Whoever migrates next logs in as a member of it, with: alter role … set role = ${schema}_owner.
do $$
declare
    v_change text;
begin
    if not pg_has_role('${schema}_owner', 'USAGE') then
        grant ${schema}_owner to current_user;
    end if;
    execute format('grant create on database %I to ${schema}_owner', current_database());
    for v_change in
        select format('schema %I', n.nspname)
        from pg_namespace n
        where n.nspname = '${schema}' and n.nspowner <> '${schema}_owner'::regrole
        union all
        select format('%s %s', case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end, c.oid::regclass)
        from pg_class c
        where c.relnamespace = '${schema}'::regnamespace and c.relkind in ('r', 'p', 'v', 'S')
            and c.relowner <> '${schema}_owner'::regrole
            and not (c.relkind = 'S' and exists (
                select from pg_depend d
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i'))
        union all
        select format('function %s', p.oid::regprocedure)
        from pg_proc p
        where p.pronamespace = '${schema}'::regnamespace and p.proowner <> '${schema}_owner'::regrole
        union all
        select format('type %s', t.oid::regtype)
        from pg_type t
        where t.typnamespace = '${schema}'::regnamespace and t.typtype = 'e' and t.typowner <> '${schema}_owner'::regrole
    loop
        execute 'alter ' || v_change || ' owner to ${schema}_owner';
    end loop;
end
$$;

revoke execute on all functions in schema ${schema} from public;
grant usage on schema ${schema} to ${schema}_worker, ${schema}_sender, ${schema}_waiter, ${schema}_reader;
grant execute on function ${schema}.version() to ${schema}_sender, ${schema}_waiter, ${schema}_reader;

-- The worker. It owns nothing: partitions of the history are made and dropped by two functions that run as the owner.
grant select, insert, update, delete
    on ${schema}.queue, ${schema}.queue_rate, ${schema}.job, ${schema}.claim, ${schema}.cancellation, ${schema}.node, ${schema}.finished_job,
    ${schema}.schedule, ${schema}.schedule_node, ${schema}.job_key, ${schema}.key_hold, ${schema}.job_deadline, ${schema}.job_progress
    to ${schema}_worker;
grant select on ${schema}.job_view, ${schema}.finished_job_view to ${schema}_worker;
grant usage, select on sequence ${schema}.job_seq to ${schema}_worker;
grant execute on all functions in schema ${schema} to ${schema}_worker;

-- The sender. Of a job's row it may read what inserting it returns, and the policies below let it see no row but the one
-- that it has just inserted.
grant select (id, name, deleted_xid) on ${schema}.queue to ${schema}_sender;
grant usage on sequence ${schema}.job_seq to ${schema}_sender;
grant insert (id, seq, queue_id, lane, priority, awaited, type, payload, attributes), select (id, seq, queue_id, lane)
    on ${schema}.job to ${schema}_sender;
grant execute on function ${schema}.send(text, jsonb, text, interval, integer, jsonb),
    ${schema}.send_quietly(text, jsonb, text, interval, integer, jsonb) to ${schema}_sender;

-- The waiter.
grant select (id, awaited), update (awaited) on ${schema}.job to ${schema}_waiter;
grant select (id, state, attempts, started_at, finished_at, result, errors) on ${schema}.finished_job to ${schema}_waiter;
grant select on ${schema}.job_progress to ${schema}_waiter;
grant execute on function ${schema}.await(bigint[]), ${schema}.outcomes(bigint[]), ${schema}.find_progress(bigint[]) to ${schema}_waiter;

-- The reader.
grant select (job_id, done, total, written_at) on ${schema}.job_progress to ${schema}_reader;
grant execute on function ${schema}.describe_queues(text, integer) to ${schema}_reader;
grant select on ${schema}.queue, ${schema}.queue_rate, ${schema}.node, ${schema}.claim, ${schema}.cancellation, ${schema}.schedule_node, ${schema}.job_key,
    ${schema}.key_hold, ${schema}.job_deadline to ${schema}_reader;
grant select (name, by_code, version, cron, zone, every, missed, catch_up, overlap, queue_id, priority, type, attributes, paused, next_at,
    due_at, last_at, last_job) on ${schema}.schedule to ${schema}_reader;
grant select (id, seq, enqueued_at, ready_at, queue_id, lane, priority, attempt, snoozes, awaited, type, attributes, key, line)
    on ${schema}.job to ${schema}_reader;
grant select (id, queue_id, priority, attempts, snoozes, state, drop_on, enqueued_at, ready_at, started_at, finished_at, node_id,
    type, attributes) on ${schema}.finished_job to ${schema}_reader;
grant select (id, queue, type, state, priority, attempt, snoozes, enqueued_at, run_at, ready_at, attributes, last_error)
    on ${schema}.job_view to ${schema}_reader;
grant select (id, queue, type, state, priority, attempts, snoozes, enqueued_at, ready_at, started_at, finished_at, waited,
    attributes, last_error) on ${schema}.finished_job_view to ${schema}_reader;

-- What a sender inserts bears the number that it has just drawn: it can neither take the numbers that others will draw nor
-- a place in the line before theirs or in quarantine, nor fill a queue that does not exist. The other roles see all rows; the owner is exempt by itself.
alter table ${schema}.job enable row level security;

drop policy if exists sent on ${schema}.job;
create policy sent on ${schema}.job for insert to ${schema}_sender
    with check (id = currval('${schema}.job_seq'::regclass)
        and (lane < ${quarantine_lane} and seq = id or lane = ${waiting_lane})
        and exists (select from ${schema}.queue q where q.id = queue_id and q.deleted_xid is null));

drop policy if exists just_sent on ${schema}.job;
create policy just_sent on ${schema}.job for select to ${schema}_sender
    using (id = currval('${schema}.job_seq'::regclass));

drop policy if exists seen on ${schema}.job;
create policy seen on ${schema}.job for select to ${schema}_waiter, ${schema}_reader using (true);

-- A waiter says of jobs that they are waited for, and can't take that back: others may wait for the same ones.
drop policy if exists marked on ${schema}.job;
create policy marked on ${schema}.job for update to ${schema}_waiter using (true) with check (awaited);

drop policy if exists worked on ${schema}.job;
create policy worked on ${schema}.job for all to ${schema}_worker using (true);
