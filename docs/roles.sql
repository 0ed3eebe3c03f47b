-- Roles of least privilege for pgjobq in schema pgjobq: group roles, which you grant to the roles that log in.
--
--   pgjobq_owner   owns the schema, and migrates it
--   pgjobq_worker  runs jobs, and does all that an application does at run time but migrate
--   pgjobq_sender  sends jobs, and can neither see nor change one
--   pgjobq_waiter  besides, waits for jobs: sees how far they are and how they end, their results and their errors
--   pgjobq_reader  sees queues, nodes and jobs, but no payload, no result and no text of an error or of progress
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
        if not exists (select from pg_roles r where r.rolname = 'pgjobq_' || v_role) then
            execute format('create role %I nologin', 'pgjobq_' || v_role);
        end if;
    end loop;
end
$$;

-- The owner. Whoever migrates next logs in as a member of it, with: alter role … set role = pgjobq_owner.
do $$
declare
    v_change text;
begin
    if not pg_has_role('pgjobq_owner', 'USAGE') then
        grant pgjobq_owner to current_user;
    end if;
    execute format('grant create on database %I to pgjobq_owner', current_database());
    for v_change in
        select format('schema %I', n.nspname)
        from pg_namespace n
        where n.nspname = 'pgjobq' and n.nspowner <> 'pgjobq_owner'::regrole
        union all
        select format('%s %s', case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end, c.oid::regclass)
        from pg_class c
        where c.relnamespace = 'pgjobq'::regnamespace and c.relkind in ('r', 'p', 'v', 'S')
            and c.relowner <> 'pgjobq_owner'::regrole
            and not (c.relkind = 'S' and exists (
                select from pg_depend d
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i'))
        union all
        select format('function %s', p.oid::regprocedure)
        from pg_proc p
        where p.pronamespace = 'pgjobq'::regnamespace and p.proowner <> 'pgjobq_owner'::regrole
        union all
        select format('type %s', t.oid::regtype)
        from pg_type t
        where t.typnamespace = 'pgjobq'::regnamespace and t.typtype = 'e' and t.typowner <> 'pgjobq_owner'::regrole
    loop
        execute 'alter ' || v_change || ' owner to pgjobq_owner';
    end loop;
end
$$;

revoke execute on all functions in schema pgjobq from public;
grant usage on schema pgjobq to pgjobq_worker, pgjobq_sender, pgjobq_waiter, pgjobq_reader;
grant execute on function pgjobq.version() to pgjobq_sender, pgjobq_waiter, pgjobq_reader;

-- The worker. It owns nothing: partitions of the history are made and dropped by two functions that run as the owner.
grant select, insert, update, delete
    on pgjobq.queue, pgjobq.queue_rate, pgjobq.job, pgjobq.claim, pgjobq.cancellation, pgjobq.node, pgjobq.finished_job,
    pgjobq.schedule, pgjobq.schedule_node, pgjobq.job_key, pgjobq.key_hold, pgjobq.job_deadline, pgjobq.job_progress
    to pgjobq_worker;
grant select on pgjobq.job_view, pgjobq.finished_job_view to pgjobq_worker;
grant usage, select on sequence pgjobq.job_seq to pgjobq_worker;
grant execute on all functions in schema pgjobq to pgjobq_worker;

-- The sender. Of a job's row it may read what inserting it returns, and the policies below let it see no row but the one
-- that it has just inserted.
grant select (id, name, deleted_xid) on pgjobq.queue to pgjobq_sender;
grant usage on sequence pgjobq.job_seq to pgjobq_sender;
grant insert (id, seq, queue_id, lane, priority, awaited, type, payload, attributes), select (id, seq, queue_id, lane)
    on pgjobq.job to pgjobq_sender;
grant execute on function pgjobq.send(text, jsonb, text, interval, integer, jsonb),
    pgjobq.send_quietly(text, jsonb, text, interval, integer, jsonb) to pgjobq_sender;

-- The waiter.
grant select (id, awaited), update (awaited) on pgjobq.job to pgjobq_waiter;
grant select (id, state, attempts, started_at, finished_at, result, errors) on pgjobq.finished_job to pgjobq_waiter;
grant select on pgjobq.job_progress to pgjobq_waiter;
grant execute on function pgjobq.await(bigint[]), pgjobq.outcomes(bigint[]), pgjobq.find_progress(bigint[]) to pgjobq_waiter;

-- The reader.
grant select (job_id, done, total, written_at) on pgjobq.job_progress to pgjobq_reader;
grant execute on function pgjobq.describe_queues(text, integer) to pgjobq_reader;
grant select on pgjobq.queue, pgjobq.queue_rate, pgjobq.node, pgjobq.claim, pgjobq.cancellation, pgjobq.schedule_node, pgjobq.job_key,
    pgjobq.key_hold, pgjobq.job_deadline to pgjobq_reader;
grant select (name, by_code, version, cron, zone, every, missed, catch_up, overlap, queue_id, priority, type, attributes, paused, next_at,
    due_at, last_at, last_job) on pgjobq.schedule to pgjobq_reader;
grant select (id, seq, enqueued_at, ready_at, queue_id, lane, priority, attempt, snoozes, awaited, type, attributes, key, line)
    on pgjobq.job to pgjobq_reader;
grant select (id, queue_id, priority, attempts, snoozes, state, drop_on, enqueued_at, ready_at, started_at, finished_at, node_id,
    type, attributes) on pgjobq.finished_job to pgjobq_reader;
grant select (id, queue, type, state, priority, attempt, snoozes, enqueued_at, run_at, ready_at, attributes, last_error)
    on pgjobq.job_view to pgjobq_reader;
grant select (id, queue, type, state, priority, attempts, snoozes, enqueued_at, ready_at, started_at, finished_at, waited,
    attributes, last_error) on pgjobq.finished_job_view to pgjobq_reader;

-- What a sender inserts bears the number that it has just drawn: it can neither take the numbers that others will draw nor
-- a place in the line before theirs or in quarantine, nor fill a queue that does not exist. The other roles see all rows; the owner is exempt by itself.
alter table pgjobq.job enable row level security;

drop policy if exists sent on pgjobq.job;
create policy sent on pgjobq.job for insert to pgjobq_sender
    with check (id = currval('pgjobq.job_seq'::regclass)
        and (lane < 10 and seq = id or lane = 11)
        and exists (select from pgjobq.queue q where q.id = queue_id and q.deleted_xid is null));

drop policy if exists just_sent on pgjobq.job;
create policy just_sent on pgjobq.job for select to pgjobq_sender
    using (id = currval('pgjobq.job_seq'::regclass));

drop policy if exists seen on pgjobq.job;
create policy seen on pgjobq.job for select to pgjobq_waiter, pgjobq_reader using (true);

-- A waiter says of jobs that they are waited for, and can't take that back: others may wait for the same ones.
drop policy if exists marked on pgjobq.job;
create policy marked on pgjobq.job for update to pgjobq_waiter using (true) with check (awaited);

drop policy if exists worked on pgjobq.job;
create policy worked on pgjobq.job for all to pgjobq_worker using (true);
