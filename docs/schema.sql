-- pgjobq, schema version 1

create schema if not exists pgjobq;

-- Queues, with the settings that must be the same on every node. Read by each send and claim, written by people.
-- A deleted queue loses its name at once, and its row when no transaction can still be sending to it: none that is older
-- than deleted_xid, and after a day none that saw the queue before and had no id of its own yet.
-- Limits of the whole fleet, null for none: most_running is how many jobs may be held at once; rate_starts how many may be taken in
-- any time of rate_micros, and rate_burst how many of those at once; per_key how
-- many with one key may be held at once, and key_order whether in the order in which they were sent, where that is one. A queue that had
-- per_key once always has it, so that it is known which jobs with keys are held. declared_limits is what an application said last that declares
-- any: as long as that stays, what people have set since does, too.
create table pgjobq.queue (
    id integer generated always as identity primary key,
    name text not null unique check (name ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$' or deleted_xid is not null),
    paused boolean not null default false,
    max_attempts smallint not null default 10 check (max_attempts between 1 and 100),
    keep_succeeded interval not null default '1 day' check (keep_succeeded between '0' and '100 years'),
    keep_dead interval not null default '30 days' check (keep_dead between '0' and '100 years'),
    most_running integer check (most_running >= 1),
    rate_starts integer check (rate_starts >= 1),
    rate_micros bigint check (rate_micros >= 1000),
    per_key integer check (per_key >= 1),
    key_order text check (key_order in ('strict', 'relaxed')),
    rate_burst integer check (rate_burst between 1 and rate_starts),
    declared_limits text not null default '',
    created_at timestamptz not null default clock_timestamp(),
    deleted_xid xid8,
    deleted_at timestamptz,
    constraint queue_rate_whole check ((rate_starts is null) = (rate_micros is null) and (rate_starts is not null or rate_burst is null))
);

-- When jobs were taken of queues that have a rate: how many in each slice of time, the latest last, as long as they count. paced_at is
-- how far the pace of the rate has been used up, where a burst is limited. Written once a claim, under the lock that claims take.
create table pgjobq.queue_rate (
    queue_id integer not null,
    slices bigint[] not null,
    starts integer[] not null,
    paced_at bigint not null,
    constraint queue_rate_pkey primary key (queue_id)
);

-- Each row is written anew by each claim, on the same page.
alter table pgjobq.queue_rate set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0);

-- The hot table: a row is inserted when its job is sent and deleted when the job is done; nothing updates it in between
-- unless the job fails. A job has a place, which is its lane and its seq there. Ready or running, its lane is its priority, or
-- 10 if it is in quarantine: it may be what kills those who hold it. Its seq comes from the sequence, and is one that nothing
-- else has ever had. Waiting (delayed, or failed and backing off), its lane is 11, and its seq the time until which it waits, in
-- microseconds since 1970. In lanes 10 and 11 priority says which lane it comes from; else it is null, so that it takes no room.
-- One index serves all of that.
-- ready_at says since when the job has its place in the line, null if since it was sent (enqueued_at): a null takes no room,
-- and sending writes none. A job that gets another place in the line gets another ready_at; one that is given back or rescued
-- keeps both. Of a job that waits for a retry it is the time of the last attempt.
-- rescues counts the nodes that died while they held the job, snoozes how often its handler asked to be called again later;
-- null for none, so that they take no room. unique_key is the key of a unique job, see job_key;
-- expires_at the deadline of one that has one, see job_deadline. asks says that whoever starts the job has to ask whether he may,
-- see start_job: it has a deadline, or a key that is free once it starts.
-- Jobs with the same key take turns: line is where, in the order of their ids; it is negative while the job holds none of them back.
-- No foreign key: it would lock the queue's row for each send. Constraints keep out what would trouble more than the job
-- itself. They are those of types and domains: a table's own are parsed anew by each insert, where a single one took a
-- seventh of what sending one job costs the server, and those of domains once by each session.
create domain pgjobq.job_moment as timestamptz constraint job_moment check (isfinite(value));

create domain pgjobq.job_place as bigint constraint job_place check (value between 1 and 4611686018427387903);

create domain pgjobq.job_lane as smallint constraint job_lane check (value between 0 and 11);

create domain pgjobq.job_priority as smallint constraint job_priority check (value between 0 and 9);

create domain pgjobq.job_attempt as smallint constraint job_attempt check (value between 0 and 100);

create domain pgjobq.job_payload as bytea constraint job_payload check (octet_length(value) <= 67108864);

create domain pgjobq.job_attributes as jsonb constraint job_attributes check (
    jsonb_typeof(value) = 'object' and pg_column_size(value) <= 65536
    and not jsonb_path_exists(value, 'strict $.* ? (@.type() != "string")', silent => true));

create domain pgjobq.job_errors as jsonb constraint job_errors check (jsonb_typeof(value) = 'array');

create sequence pgjobq.job_seq;

create table pgjobq.job (
    id bigint not null,
    seq pgjobq.job_place not null,
    enqueued_at pgjobq.job_moment not null default clock_timestamp(),
    ready_at pgjobq.job_moment,
    queue_id integer not null,
    lane pgjobq.job_lane not null default 5,
    priority pgjobq.job_priority,
    attempt pgjobq.job_attempt not null default 0,
    rescues smallint,
    snoozes smallint,
    awaited boolean not null default false,
    type varchar(200) not null default '',
    payload pgjobq.job_payload not null,
    attributes pgjobq.job_attributes,
    errors pgjobq.job_errors,
    unique_key varchar(500),
    expires_at timestamptz,
    asks boolean,
    key varchar(500),
    line bigint,
    constraint job_pkey primary key (id)
);

create index job_lane on pgjobq.job (queue_id, lane, seq);

create index job_line on pgjobq.job (queue_id, line, id) where line is not null;

-- Vacuumed at each round of autovacuum in which a few thousand jobs ended, be the table empty or hold millions, and without
-- a pause. What is left between two rounds is what bounds the table: at 2,000 jobs/s, payloads of 140 bytes and the server's
-- autovacuum_naptime of a minute it stays at 30 MB, and its indexes at 13 MB, since their emptied pages are used again. A
-- vacuum takes 20 to 200 ms. Truncation stays on: it gives back what a burst took, and gives way to whoever waits for its
-- lock. With it or without it senders waited alike, in the worst case and in that of one in a thousand. No fill factor:
-- jobs are hardly ever updated.
alter table pgjobq.job set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000,
    autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0);

-- What nodes have taken: one row a batch. The id is the fencing token, and is never used twice, even if a crash of the server,
-- or a restore, forgets the claim. The node chooses it: its number (26 bits) and a counter (37 bits), which starts anywhere, as
-- numbers come back with a restore. Everyone locks in id order.
-- A domain's, since a table's own constraint is parsed anew by each insert.
create domain pgjobq.claim_seqs as bigint[] constraint claim_seqs check (array_position(value, null) is null);

-- A claim that reached its limit says that from from_seq to max_seq nothing else was free, of the types with this hash (null: of
-- any), when it was looked at: by this claim or by one before it on which it relied, the earliest in transaction since_xid.
-- Claims on a queue are made one after the other, so that the number tells which of two was later.
create table pgjobq.claim (
    id bigint not null,
    node_id integer not null,
    queue_id integer not null,
    lane smallint not null,
    max_seq bigint not null,
    seqs pgjobq.claim_seqs not null,
    from_seq bigint,
    since_xid xid8,
    types_hash bigint,
    claimed_at timestamptz not null default clock_timestamp(),
    constraint claim_pkey primary key (id)
);

-- About a thousand seqs fit into a row as they are: to compress them would cost a fifth of a claim.
alter table pgjobq.claim alter column seqs set storage main;

alter table pgjobq.claim set (toast_tuple_target = 8160);

create index claim_lane on pgjobq.claim (queue_id, lane, max_seq);

-- Vacuumed after a thousand claims. With 200 jobs each and 2,000 jobs/s the table stays below 3 MB.
alter table pgjobq.claim set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

-- Which jobs with a key are held, and by which claim: so that a claim finds those of one key without reading all claims. It says no more than
-- that; whether it is true is what the claim and the job say: a row that nobody has deleted holds nothing up.
-- wanted says that others of the key could not be taken while this one is held: whoever ends it sees to it that somebody looks.
-- Made under the queue's lock, as claims are. One that is true no more may be deleted without it.
create table pgjobq.key_hold (
    queue_id integer not null,
    line bigint not null,
    id bigint not null,
    seq bigint not null,
    claim_id bigint not null,
    wanted boolean not null default false,
    constraint key_hold_pkey primary key (queue_id, line, id)
);

alter table pgjobq.key_hold set (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000,
    autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0);

-- Jobs that are to be cancelled although a node holds them: asked for by anybody, and obeyed by that node. Empty but for the moments
-- between such a request and its job's end. A request that its job has outrun is found by the node that was to obey it.
create table pgjobq.cancellation (
    job_id bigint not null,
    node_id integer not null,
    reason varchar(1000),
    requested_at timestamptz not null default clock_timestamp(),
    constraint cancellation_pkey primary key (job_id)
);

-- What sends a job again and again. next_at is the next time for which it sends one, null for never; due_at is when to look at it:
-- mostly then, later while it has to wait, null while it is paused. Whoever finds it due works out in his process what is to be sent and
-- what comes next, and says from which version and next_at he started: so each time is dealt with once, by whom ever, and nobody
-- holds anything meanwhile. last_at and last_job are the last time for which a job was sent, and that job.
-- by_code: the application declares it, and changes it by its next start. Else people do.
create table pgjobq.schedule (
    name varchar(200) not null,
    by_code boolean not null,
    version integer not null default 1,
    cron varchar(200),
    zone varchar(100) not null default 'UTC',
    every bigint,
    missed varchar(10) not null check (missed in ('SKIP', 'ONCE', 'ALL')),
    catch_up integer not null check (catch_up between 1 and 1000),
    overlap varchar(10) not null check (overlap in ('ALLOW', 'SKIP', 'WAIT')),
    queue_id integer not null,
    priority pgjobq.job_priority not null,
    type varchar(200) not null,
    payload pgjobq.job_payload not null,
    attributes pgjobq.job_attributes,
    paused boolean not null default false,
    next_at timestamptz,
    due_at timestamptz,
    last_at timestamptz,
    last_job bigint,
    constraint schedule_pkey primary key (name),
    constraint schedule_recurs check ((cron is null) <> (every is null))
);

create index schedule_due on pgjobq.schedule (due_at);

-- Which nodes declare which schedules: one that none of them declares any more sends nothing.
create table pgjobq.schedule_node (
    node_id integer not null,
    name varchar(200) not null,
    constraint schedule_node_pkey primary key (name, node_id)
);

-- Keys of unique jobs. A key is taken as long as the row says so and its job is there: until that has started, until it has
-- ended, or until free_at, whatever became of the job. Nothing is done here when a job ends: its own row is what tells. So a
-- key is never left taken by what is over; rows that tell nothing any more are swept away.
-- Whoever takes over a key locks the row first and looks at its job then, by a later statement.
create table pgjobq.job_key (
    queue_id integer not null,
    key varchar(500) not null,
    job_id bigint not null,
    until_started boolean not null default false,
    free_at timestamptz,
    constraint job_key_pkey primary key (queue_id, key)
);

-- When to look at jobs that have a deadline: an index of the jobs' own table would cost each sender. The job's expires_at is what
-- counts; look_at is that, or later if a node held the job then. A row goes with its job.
create table pgjobq.job_deadline (
    job_id bigint not null,
    look_at timestamptz not null,
    constraint job_deadline_pkey primary key (job_id)
);

create index job_deadline_look on pgjobq.job_deadline (look_at);

-- How far jobs are, by what their handlers report: the latest only, written at most once a second and a job. A job that reports
-- nothing has no row, and nothing looks for one when a job ends: rows whose jobs are gone are swept away. So a row may be left for
-- a while; who looks at progress looks at the job, too.
create table pgjobq.job_progress (
    job_id bigint not null,
    done bigint not null,
    total bigint not null,
    message text,
    written_at timestamptz not null,
    constraint job_progress_pkey primary key (job_id)
);

-- Each row is written anew every second: beside the old one, as long as there is room, so that the index is not touched. Swept rows
-- and replaced ones are cleared away as they come.
alter table pgjobq.job_progress set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000,
    autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0);

-- Running application instances. A node whose row is gone is fenced: it can take nothing, and its claims are rescued. Numbers
-- come back when a database is restored, or a standby is promoted that lacks the last commits; the token does not: a node
-- draws it at random for each registration, and whoever comes with another one than the row has is fenced.
-- fillfactor leaves room for the heartbeat's updates on the same page: all of them are, and ten nodes stay in 32 kB.
create table pgjobq.node (
    id integer generated always as identity (maxvalue 67108863) primary key,
    token bigint not null,
    name text not null,
    started_at timestamptz not null default clock_timestamp(),
    heartbeat_at timestamptz not null default clock_timestamp(),
    heartbeat_every interval not null,
    silence_allowed interval not null,
    session_lock boolean not null default false
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Jobs that ended, as long as somebody wants to know of them. Partitioned by the day on which they may be forgotten, which
-- follows from the queue's retention: old history goes by dropping a partition, whatever retention each queue has.
-- ready_at is that of the last attempt, null if the job was ready when it was sent, or was cancelled before it was ready.
-- Partitions keep the server's settings for autovacuum: they are only added to, so that each new row is visited once, for an
-- additional byte of WAL a job.
create type pgjobq.job_state as enum ('succeeded', 'dead', 'cancelled');

create table pgjobq.finished_job (
    id bigint not null,
    queue_id integer not null,
    priority smallint not null,
    attempts smallint not null,
    snoozes smallint,
    state pgjobq.job_state not null,
    drop_on date not null,
    enqueued_at timestamptz not null,
    ready_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz not null,
    node_id integer,
    type text not null,
    result bytea,
    payload bytea,
    attributes jsonb,
    errors jsonb,
    unique_key text,
    key text,
    constraint finished_job_pkey primary key (id, drop_on)
) partition by list (drop_on);

create index finished_job_dead on pgjobq.finished_job (queue_id, finished_at) where state = 'dead';

-- The day on which a job that ends now may be forgotten: the day after its retention is over, or the first of the next
-- month for long retentions, so that there are never many partitions. Locks nothing.
create or replace function pgjobq.drop_on(p_finished timestamptz, p_keep interval) returns date
language sql immutable
return case
    when p_keep <= interval '62 days' then (p_finished at time zone 'UTC' + p_keep)::date + 1
    else (date_trunc('month', p_finished at time zone 'UTC' + p_keep) + interval '1 month')::date
end;

-- The errors of a job with one attempt's added, the latest 100 of them: as many as a job has attempts at most, so that only one
-- that was redriven forgets any. Locks nothing.
create or replace function pgjobq.append_error(
    p_errors jsonb, p_attempt integer, p_at timestamptz, p_type text, p_message text, p_stack text)
returns jsonb
language sql stable
return case
    when jsonb_array_length(p_errors) >= 100 then jsonb_path_query_array(p_errors, '$[last - 98 to last]')
    else coalesce(p_errors, '[]')
end || jsonb_build_array(jsonb_build_object(
    'attempt', p_attempt, 'at', p_at, 'type', p_type, 'message', p_message, 'stack', p_stack));

-- What the error of an attempt says that was lost with the node that held its job. Locks nothing.
create or replace function pgjobq.rescue_error(p_rescues integer, p_attempts integer) returns text
language sql immutable
return case
    when p_rescues = 1 then 'the node that held the job is gone'
    else format('the node that held the job is gone, as at %s of its %s attempts: the job may be what kills its process',
        p_rescues, p_attempts)
end;

-- A payload as JSON for people who look at the tables, null if it is none. Locks nothing.
create or replace function pgjobq.payload_json(p_payload bytea) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return convert_from(p_payload, 'UTF8')::jsonb;
exception when others then
    return null;
end
$$;

-- Ends jobs, all in the same state: deletes them, and puts into the history those that their queue keeps or that somebody
-- waits for. Succeeded ones leave their payload behind, and get a result; the others keep theirs, and get an error if there
-- is one.
-- Locks: the job rows, in id order, since that is how the index returns them. The caller has seen to it that nobody else may
-- end them: it holds their claims, or the jobs themselves.
-- p_ids ascends, each once, and p_seqs says what each must still have; p_of names the jobs, those and maybe others, of
-- which the arrays after it tell how their last attempt ended, null where there was none.
-- The jobs are found by one walk along the index rather than a look-up each, which costs a third less; "is true" keeps the
-- planner from making a join of the condition on the seq, which is then looked up in a hash table.
-- Deadlines of the jobs go with them. Returns the jobs that ended, and those of them that somebody waits for; null for none.
create or replace function pgjobq.end_jobs(
    p_state pgjobq.job_state, p_at timestamptz, p_ids bigint[], p_seqs bigint[], p_of bigint[], p_claims bigint[],
    p_micros bigint[], p_results bytea[], p_types text[], p_messages text[], p_stacks text[],
    out ended bigint[], out awaited bigint[])
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
    v_expires boolean;
begin
    with done as (
        delete from pgjobq.job j
        where j.id = any (p_ids) and ((j.id, j.seq) in (select unnest(p_ids), unnest(p_seqs))) is true
        returning j.id, j.queue_id, coalesce(j.priority, case when j.lane < 10 then j.lane else 5 end)::smallint as priority, j.attempt, j.snoozes, j.enqueued_at,
            j.ready_at, j.type, j.attributes, j.awaited, j.unique_key, j.key, j.expires_at,
            case when p_state <> 'succeeded' then j.payload end as payload,
            case when p_state <> 'succeeded' then j.errors end as errors
    ), keep as materialized (
        select k.id, k.keep > interval '0' as all_jobs, pgjobq.drop_on(p_at, k.keep) as drop_on
        from (
            select q.id, case when p_state = 'succeeded' then q.keep_succeeded else q.keep_dead end as keep
            from pgjobq.queue q
            where q.id = any (array(select d.queue_id from done d))
        ) k
    ), kept as (
        insert into pgjobq.finished_job (id, queue_id, priority, attempts, snoozes, state, drop_on, enqueued_at, ready_at,
            started_at, finished_at, node_id, type, result, payload, attributes, errors, unique_key, key)
        select d.id, d.queue_id, d.priority, d.attempt + (e.claim is not null)::integer, d.snoozes,
            p_state, k.drop_on, d.enqueued_at, d.ready_at,
            p_at - e.micros * interval '1 microsecond', p_at, e.claim >> 37, d.type, e.result, d.payload, d.attributes,
            case when e.type is not null
                then pgjobq.append_error(d.errors, d.attempt + (e.claim is not null)::integer, p_at, e.type, e.message, e.stack)
                else d.errors end,
            d.unique_key, d.key
        from done d
            join keep k on k.id = d.queue_id
            left join unnest(p_of, p_claims, p_micros, p_results, p_types, p_messages, p_stacks)
                as e (id, claim, micros, result, type, message, stack) on e.id = d.id
        where d.awaited or k.all_jobs
    )
    select array_agg(d.id), array_agg(d.id) filter (where d.awaited), bool_or(d.expires_at is not null)
    into ended, end_jobs.awaited, v_expires
    from done d;
    if v_expires then
        delete from pgjobq.job_deadline d where d.job_id = any (ended);
    end if;
end
$$;

-- Jobs as people want to see them. Locks nothing; not for hot paths. A job is ready if it does not wait and no claim names it;
-- ready_at says since when it has its place in the line, and is null while it waits.
create or replace view pgjobq.job_view as
select j.id, q.name as queue, j.type,
    case
            when j.lane = 11 then case when j.attempt > 0 or j.snoozes > 0 then 'retrying' else 'scheduled' end
            when j.held then 'running'
            else 'ready'
        end as state,
    coalesce(j.priority, case when j.lane < 10 then j.lane else 5 end)::smallint as priority, j.attempt, coalesce(j.snoozes, 0::smallint) as snoozes, j.enqueued_at,
    case when j.lane = 11 then timestamptz 'epoch' + j.seq * interval '1 microsecond' end as run_at,
    case when j.lane < 11 then coalesce(j.ready_at, j.enqueued_at) end as ready_at,
    pgjobq.payload_json(j.payload) as payload, j.attributes, j.errors, j.errors -> -1 ->> 'type' as last_error
from (
    select o.*, o.seq in (select unnest(c.seqs) from pgjobq.claim c) as held from pgjobq.job o
) j left join pgjobq.queue q on q.id = j.queue_id;

-- Finished jobs as people want to see them. Locks nothing; not for hot paths. ready_at and waited are those of the last
-- attempt; no attempt of a cancelled job is known to have had its turn.
create or replace view pgjobq.finished_job_view as
select f.id, q.name as queue, f.type, f.state, f.priority, f.attempts, coalesce(f.snoozes, 0::smallint) as snoozes, f.enqueued_at,
    case when f.state <> 'cancelled' then coalesce(f.ready_at, f.enqueued_at) end as ready_at,
    f.started_at, f.finished_at, f.started_at - coalesce(f.ready_at, f.enqueued_at) as waited,
    pgjobq.payload_json(f.result) as result, pgjobq.payload_json(f.payload) as payload, f.attributes, f.errors,
    f.errors -> -1 ->> 'type' as last_error
from pgjobq.finished_job f left join pgjobq.queue q on q.id = f.queue_id;

-- Sends a job without waking anybody: it starts when a node next polls. Locks nothing.
create or replace function pgjobq.send_quietly(
    queue text, payload jsonb, type text default '', delay interval default '0', priority integer default 5,
    attributes jsonb default null)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_queue integer;
    v_id bigint;
begin
    select q.id into v_queue from pgjobq.queue q where q.name = send_quietly.queue;
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
    v_id := nextval('pgjobq.job_seq');
    insert into pgjobq.job (id, seq, lane, priority, queue_id, type, payload, attributes)
    values (v_id, case when delay > interval '0' then (extract(epoch from clock_timestamp() + delay) * 1000000.0)::bigint else v_id end, case when delay > interval '0' then 11 else send_quietly.priority end, case when delay > interval '0' then send_quietly.priority end,
        v_queue, coalesce(type, ''), convert_to(payload::text, 'UTF8'), attributes);
    return v_id;
end
$$;

-- Sends a job from psql or any language; see the documentation of the SQL interface. Locks nothing of its own, but
-- pg_notify makes the caller's commit take an instance-wide lock: at high rates prefer send_quietly and let the next poll
-- find the job.
create or replace function pgjobq.send(
    queue text, payload jsonb, type text default '', delay interval default '0', priority integer default 5,
    attributes jsonb default null)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id bigint;
begin
    v_id := pgjobq.send_quietly(queue, payload, type, delay, priority, attributes);
    perform pg_notify('pgjobq_jobs', case
        when send.delay > interval '0'
        then 'w' || ceil(extract(epoch from send.delay) * 1000)::bigint
        else 'r' || (select q.id from pgjobq.queue q where q.name = send.queue) || ':' || send.priority || ':' || v_id
        end);
    return v_id;
end
$$;

-- Forgets that jobs were held which are so no more: those with p_ids in lines p_lines, which go together. Locks: their rows, which nobody
-- else has, as the caller has the queue's lock. A job that is held still, or again, is passed over.
-- Returns the lines in which others could not be taken meanwhile.
create or replace function pgjobq.free_keys(p_queue integer, p_lines bigint[], p_ids bigint[]) returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_lines bigint[];
begin
    with freed as (
        delete from pgjobq.key_hold h
        using unnest(p_lines, p_ids) as e (line, id)
        where h.queue_id = p_queue and h.line = e.line and h.id = e.id and not (exists (select from pgjobq.job g where g.id = any (array[h.id]) and (g.seq = h.seq) is true)
            and exists (select from pgjobq.claim c where c.id = any (array[h.claim_id]) and h.seq = any (c.seqs)))
        returning h.line, h.wanted
    )
    select array_agg(distinct f.line) into v_lines from freed f where f.wanted;
    return coalesce(v_lines, '{}');
end
$$;

-- Forgets that jobs were held, see free_keys, for a node that does not go on with their keys. Locks: the queue's advisory lock, as a claim
-- does: so whoever could not take a job of the key has said so before, or sees that it is free. Called as one autocommit statement.
-- Returns the lines in which there may be a job to take.
create or replace function pgjobq.give_up_keys(p_queue integer, p_lines bigint[], p_ids bigint[]) returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'give_up_keys needs read committed, not %', current_setting('transaction_isolation')
            using errcode = 'PJ002';
    end if;
    perform pg_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, p_queue),
        set_config('synchronous_commit', 'off', true);
    return pgjobq.free_keys(p_queue, p_lines, p_ids);
end
$$;

-- Chooses which jobs a claim takes of a queue whose jobs have keys: up to p_limit, of which no key has more than p_most at a time; where
-- p_ordered is true, the next one in the order of their ids; then p_most is 1.
-- Locks: rows of key_hold, which nobody else has, as the caller, who then makes the claims, has the queue's lock: so claims see what those
-- before them have taken, and no two take of a key at once what only one may.
-- A job that may not be taken is passed over, once: it is not looked for again at its place in the lane, but by its line when one that
-- stands in its way has ended. The row of that one says that it is wanted; where it is none that is held, it will be taken before, and then
-- says so. p_lines are lines in which there may be a job now. Those left are returned: see the last row.
-- A job of a key that stands before those that a lane shows is taken in their stead, whatever its priority: so the order needs nobody to
-- have heard of it.
-- Looks at some thousands of rows at most, so that claims don't wait for long; then more says that the rest of the lane is to be looked at.
-- Returns for each lane what is taken, in the order of the seqs, and where to go on, null where it was not looked at. Then one row without a lane
-- for what is taken that has a key: ids, their lines and keys. The last row has lines for which there was no room, and in ids those whose next
-- job has a type that the node does not run.
create or replace function pgjobq.take_keyed(
    p_queue integer, p_most integer, p_ordered boolean, p_claim bigint, p_limit integer,
    p_lanes smallint[], p_from bigint[], p_types text[], p_lines bigint[])
returns table (lane smallint, seqs bigint[], next_seq bigint, more boolean, lines bigint[], ids bigint[], keys text[])
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
    v_left integer := p_limit;
    v_from bigint;
    v_lane smallint;
    v_next bigint[] := array_fill(null::bigint, array[cardinality(p_lanes)]);
    v_more boolean[] := array_fill(false, array[cardinality(p_lanes)]);
    v_look integer;
    v_walked integer;
    v_seqs bigint[];
    v_ids bigint[];
    v_lines bigint[];
    v_count integer;
    v_picked record;
    v_kept_lines bigint[] := case when p_limit = 0 then p_lines else '{}' end;
    v_foreign bigint[] := '{}';
    t_lanes smallint[] := '{}';
    t_seqs bigint[] := '{}';
    t_ids bigint[] := '{}';
    t_lines bigint[] := '{}';
    t_keys text[] := '{}';
begin
    for i in 0 .. cardinality(p_lanes) loop
        continue when i = 0 and cardinality(p_lines) = 0;
        exit when v_left = 0;
        v_lane := case when i = 0 then -1 else p_lanes[i] end;
        v_from := p_from[i];
        v_walked := 0;
        v_look := case when v_lane = 10 then 100 else v_left end;
        loop
            v_seqs := '{}';
            v_ids := '{}';
            v_lines := p_lines;
            if i > 0 then
                select coalesce(array_agg(w.seq), '{}'), array_agg(w.id), array_agg(w.line) into v_seqs, v_ids, v_lines
                from (
                    select j.seq::bigint as seq, j.id, j.line
                    from pgjobq.job j
                    where j.queue_id = p_queue and j.lane = v_lane and j.seq >= v_from
                and j.seq not in (
                    select unnest(c.seqs)
                    from pgjobq.claim c
                    where c.queue_id = p_queue and c.lane = v_lane and c.max_seq >= v_from)
                        and (p_types is null or j.type = any (p_types) or cardinality(p_types) > 0 and p_types[1] is null and regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') <> all (p_types[2:]))
                        and (j.seq in (select unnest(t_seqs))) is not true
                    order by j.seq
                    limit v_look
                ) w;
            end if;
            v_count := case when i > 0 then cardinality(v_seqs) else cardinality(p_lines) end;
            with considered as materialized (
                select k.line, min(k.ord) as ord
                from (
                    select w.line, coalesce(w.seq, w.place) as ord
                    from unnest(v_lines, v_seqs) with ordinality as w (line, seq, place)
                    where w.line is not null
                ) k
                group by k.line
            ), followers as materialized (
                select k.line, k.ord, n.id, n.seq, n.lane, n.key, n.place, h.held, h.may, n.own,
                    count(*) over (partition by k.line) as rows,
                    n.fits and case
                        when p_ordered then n.place <= h.may and bool_and(n.fits) over (partition by k.line order by n.place)
                        else count(*) filter (where n.fits) over (partition by k.line order by n.place) <= h.may
                    end as free
                from considered k cross join lateral (
                    select count(*)::integer as held, coalesce(array_agg(o.id), '{}') as ids,
                        greatest(0, p_most - count(*)) as may
                    from pgjobq.key_hold o
                    where o.queue_id = p_queue and o.line = k.line
                        and (o.claim_id between p_claim + 1 and p_claim + 16 or (exists (select from pgjobq.job g where g.id = any (array[o.id]) and (g.seq = o.seq) is true)
            and exists (select from pgjobq.claim c where c.id = any (array[o.claim_id]) and o.seq = any (c.seqs))))
                ) h cross join lateral (
                    select l.*, row_number() over (order by l.id) as place
                    from (
                        select j.id, j.seq::bigint as seq, j.lane::smallint as lane, j.key::text as key,
                            (p_types is null or j.type = any (p_types) or cardinality(p_types) > 0 and p_types[1] is null and regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') <> all (p_types[2:])) as own,
                            (p_types is null or j.type = any (p_types) or cardinality(p_types) > 0 and p_types[1] is null and regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') <> all (p_types[2:])) and array_position(p_lanes, j.lane::smallint) is not null
                            and (j.lane = 10) = (v_lane = 10) as fits
                        from pgjobq.job j
                        where j.queue_id = p_queue and j.line = k.line and (j.id = any (h.ids)) is not true
                        order by j.id
                        limit h.may + case when p_ordered then 1 else 17 end
                    ) l
                ) n
            ), picks as materialized (
                select u.*
                from (
                    select w.seq as ord, 0::bigint as place, w.id, w.seq, v_lane as lane, null::bigint as line, null::text as key,
                        0::bigint as rows
                    from unnest(v_seqs, v_ids, v_lines) as w (seq, id, line)
                    where w.line is null
                    union all
                    select f.ord, f.place, f.id, f.seq, f.lane, f.line, f.key, f.rows from followers f where f.free
                ) u
                order by u.ord, u.place
                limit case when v_lane = 10 then 1 else v_left end
            ), made as (
                insert into pgjobq.key_hold as o (queue_id, line, id, seq, claim_id, wanted)
                select p_queue, m.line, m.id, m.seq, p_claim + array_position(p_lanes, m.lane), m.rows > m.picked or not p_ordered and p_types is not null
                from (select p.*, count(*) over (partition by p.line) as picked from picks p where p.line is not null) m
                on conflict (queue_id, line, id)
                do update set seq = excluded.seq, claim_id = excluded.claim_id, wanted = excluded.wanted
            ), marked as (
                update pgjobq.key_hold o
                set wanted = true
                from (select distinct f.line from followers f where f.held > 0 and not f.free) b
                where o.queue_id = p_queue and o.line = b.line and not o.wanted and (o.id in (select p.id from picks p)) is not true
            )
            select (select max(p.ord) from picks p) as last, array(select p.lane from picks p order by p.id) as lanes,
                array(select p.seq from picks p order by p.id) as seqs, array(select p.id from picks p order by p.id) as ids,
                array(select p.line from picks p order by p.id) as lines, array(select p.key from picks p order by p.id) as keys,
                array(select distinct f.line from followers f where f.may > 0 and not f.own and (f.place = 1 or not p_ordered)) as others
            into v_picked;
            t_lanes := t_lanes || v_picked.lanes;
            t_seqs := t_seqs || v_picked.seqs;
            t_ids := t_ids || v_picked.ids;
            t_lines := t_lines || v_picked.lines;
            t_keys := t_keys || v_picked.keys;
            v_left := v_left - cardinality(v_picked.ids);
            if i = 0 then
                v_foreign := v_picked.others;
                if v_left = 0 then
                    v_kept_lines := p_lines[v_picked.last:];
                end if;
                exit;
            end if;
            v_walked := v_walked + v_count;
            exit when v_lane = 10;
            if v_left = 0 then
                v_next[i] := v_picked.last + 1;
                v_more[i] := true;
                exit;
            end if;
            if v_count > 0 then
                v_from := v_seqs[v_count] + 1;
            end if;
            if v_count < v_look then
                v_next[i] := greatest(v_from, coalesce((
                    select c.max_seq + 1
                    from pgjobq.claim c
                    where c.queue_id = p_queue and c.lane = v_lane and c.max_seq >= v_from
                    order by c.max_seq desc
                    limit 1), v_from));
                exit;
            end if;
            if v_walked >= 4000 then
                v_next[i] := v_from;
                v_more[i] := true;
                exit;
            end if;
            v_look := least(1000, v_look * 4 + 100);
        end loop;
    end loop;
    for i in 1 .. cardinality(p_lanes) loop
        lane := p_lanes[i];
        seqs := array(
            select t.seq from unnest(t_lanes, t_seqs) as t (lane, seq) where t.lane = p_lanes[i] order by t.seq);
        next_seq := v_next[i];
        more := v_more[i];
        if cardinality(seqs) > 0 or next_seq is not null then
            return next;
        end if;
    end loop;
    lane := null;
    next_seq := null;
    more := null;
    seqs := null;
    select array_agg(t.line), array_agg(t.id), array_agg(t.key) into lines, ids, keys
    from unnest(t_lines, t_ids, t_keys) as t (line, id, key)
    where t.line is not null;
    if lines is not null then
        return next;
    end if;
    lines := v_kept_lines;
    ids := v_foreign;
    keys := null;
    return next;
end
$$;

-- Tells nodes that there may be jobs to take in lines of a queue, as those in front of them are gone which nobody held. Locks nothing but
-- what a notification does at the commit.
create or replace function pgjobq.tell_of_lines(p_queue integer, p_lines bigint[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_notify('pgjobq_jobs', 'k' || p_queue || ':' || t.line)
    from (select distinct l.line from unnest(p_lines) as l (line) where l.line > 0 limit 1000) t;
end
$$;

-- Forgets which jobs with a key are held where that is true no more, among p_limit rows after the given one. Locks: those rows. A claim may
-- have taken the job again meanwhile: then its row is another one, and stays.
-- Where others were passed over for a job whose row is forgotten, nodes are told: whoever has ended it would no longer learn of them.
-- Returns how many there were, and after which to go on, null if that were all.
create or replace function pgjobq.sweep_holds(
    p_queue integer, p_line bigint, p_id bigint, p_limit integer,
    out seen bigint, out next_queue integer, out next_line bigint, out next_id bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
    with looked as materialized (
        select o.queue_id, o.line, o.id, o.seq, o.claim_id, row_number() over () as place
        from (
            select w.*
            from pgjobq.key_hold w
            where (w.queue_id, w.line, w.id) > (p_queue, p_line, p_id)
            order by w.queue_id, w.line, w.id
            limit p_limit
        ) o
    ), forgotten as (
        delete from pgjobq.key_hold h
        using looked l
        where h.queue_id = l.queue_id and h.line = l.line and h.id = l.id and h.seq = l.seq and h.claim_id = l.claim_id
            and not (exists (select from pgjobq.job g where g.id = any (array[l.id]) and (g.seq = l.seq) is true)
            and exists (select from pgjobq.claim c where c.id = any (array[l.claim_id]) and l.seq = any (c.seqs)))
        returning h.queue_id, h.line, h.wanted
    ), told as materialized (
        select pgjobq.tell_of_lines(f.queue_id, array_agg(f.line)) from forgotten f where f.wanted group by f.queue_id
    )
    select n.seen, n.next_queue, n.next_line, n.next_id
    into seen, next_queue, next_line, next_id
    from (
        select count(*) as seen, max(l.queue_id) filter (where l.place = p_limit) as next_queue,
            max(l.line) filter (where l.place = p_limit) as next_line, max(l.id) filter (where l.place = p_limit) as next_id
        from looked l
    ) n cross join (select count(*) from told) t;
end
$$;

-- Takes up to p_limit jobs of a queue, lane by lane. Locks: the queue's transaction-scoped advisory lock, so that claims on
-- one queue come one after the other, each with a snapshot taken after its predecessor's commit. Safe because it is called
-- as one autocommit statement: no client can freeze while it holds the lock. Jobs and claims are read by one statement,
-- that is, in one snapshot: reading them in two could take a job twice. The commit is asynchronous: a claim that a crash of
-- the server forgets only means that its jobs are claimed again and the old holder is fenced.
-- Quarantined jobs (see the job table) are taken one at a time from their lane: so whoever dies of one takes few others along.
-- A payload of more than 32 KiB is not read here, which would hold the lock, but when its job starts: however many jobs a
-- node holds, they fit into its memory. Nor is that of a job that asks before it starts.
-- p_from says where to start. What other nodes have taken since this one's last look at the lane, in transaction p_last, need
-- not be walked over: a claim says that from its from_seq to its max_seq nothing else was free in since_xid or later. If that is
-- not before p_last, what has become free there since then has been announced to this node after it last asked, or will be;
-- p_announced is the lowest seq that was, and the way goes no further than that at once. Where p_last is 0, every job is looked at.
-- Returns a row for each lane that was looked at. The jobs of the lane, all held by claim_id, are arrays in the order of their
-- seqs, since a row for each would cost half as much again; an id is null if it is the seq, an attempt if it is 0. sent is the
-- times in the binary form of timestamptz, ready a seq and a time for each job with a ready_at (so that it is null where no job
-- has one, and costs nothing), payloads one payload after the other, sizes theirs, null for one not among them. If
-- the lane was emptied, next_seq is where to go on; if the limit was reached there, next_seq is null, and look the next p_last
-- of that lane. The quarantine lane has a row only if there is a job, with the job's own priority.
-- Of a queue with limits no more are taken than those allow, and no more than p_startable, which can start at once: what is held and
-- waits would take the place of others. Then a last row, of priority -1, says in look how many were allowed, and in next_seq in how many
-- microseconds the rate allows more, 0 for at once, null if there is no rate.
-- Where a queue's jobs have keys, see take_keyed, which says what is taken and where to go on in each lane: next_seq is where, null if the lane
-- was not looked at, and look is 1 if there may be more. p_ended_lines and p_ended_ids say which jobs have ended on the node,
-- p_lines in which lines there may be a job to take. Then a row of priority -2 says in seqs,
-- ids and types which lines, jobs and keys those have that are taken; and one of priority -3, which is the last, in seqs and ids what lines
-- are left. It comes always, so that the node knows that its queue has keys.
-- Payloads of more than 500 bytes come before, in rows that have nothing but a seq and the payload, as putting them together
-- copies them many times; if a job is gone by then, so is its payload.
create or replace function pgjobq.claim(
    p_queue integer, p_node integer, p_token bigint, p_claim bigint, p_limit integer, p_startable integer,
    p_lanes smallint[], p_from bigint[], p_last bigint[], p_announced bigint[], p_types text[],
    p_ended_lines bigint[], p_ended_ids bigint[], p_lines bigint[])
returns table (priority smallint, claim_id bigint, next_seq bigint, look bigint, seqs bigint[], ids bigint[], attempts smallint[],
    sent bytea, ready bytea, types text[], sizes integer[], payloads bytea, attributes text[])
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_sort = off
set enable_mergejoin = off
as $$
declare
    v_limited boolean;
    v_rated boolean;
    v_allowed integer := p_limit;
    v_left integer;
    v_count integer;
    v_locked boolean;
    v_lane smallint;
    v_quarantine boolean;
    v_paused boolean;
    v_registered boolean;
    v_commit text;
    v_from bigint;
    v_next bigint;
    v_low bigint;
    v_since xid8;
    v_types bigint;
    v_per_key integer;
    v_key_order text;
    v_lines bigint[];
    v_taken record;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'claim needs read committed, not %', current_setting('transaction_isolation')
            using errcode = 'PJ002';
    end if;
    -- Assigned, not performed: that starts no executor.
    v_locked := pg_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, p_queue) is not null;
    select q.paused, exists (select from pgjobq.node n where n.id = p_node and n.token = p_token), q.rate_starts is not null,
        q.most_running is not null or q.rate_starts is not null, q.per_key, q.key_order
    into v_paused, v_registered, v_rated, v_limited, v_per_key, v_key_order
    from pgjobq.queue q
    where q.id = p_queue and q.deleted_xid is null;
    if not v_registered then
        raise exception 'node % is not registered', p_node using errcode = 'PJ001';
    end if;
    if v_paused is null then
        raise exception 'queue % does not exist', p_queue using errcode = 'PJ003';
    end if;
    if v_paused then
        return;
    end if;
    if v_limited then
        v_allowed := pgjobq.allowance(p_queue, least(p_limit, p_startable));
    end if;
    v_left := v_allowed;
    if not v_rated then
        v_commit := set_config('synchronous_commit', 'off', true);
    end if;
    if v_per_key is not null then
        v_lines := p_lines || pgjobq.free_keys(p_queue, p_ended_lines, p_ended_ids);
        for v_taken in
            select t.*
            from pgjobq.take_keyed(
                p_queue, v_per_key, v_key_order is not null, p_claim, v_left, p_lanes, p_from, p_types, v_lines) t
        loop
            priority := v_taken.lane;
            claim_id := null;
            seqs := null;
            next_seq := v_taken.next_seq;
            look := v_taken.more::integer;
            v_lane := v_taken.lane;
            v_quarantine := v_lane = 10;
            if v_lane is null then
                priority := case when v_taken.keys is not null then -2 else -3 end;
                seqs := v_taken.lines;
                ids := v_taken.ids;
                types := v_taken.keys;
                attempts := null;
                sent := null;
                ready := null;
                sizes := null;
                payloads := null;
                attributes := null;
            elsif cardinality(v_taken.seqs) > 0 then
                select array_agg(p.seq::bigint), array_agg(nullif(p.id, p.seq)), array_agg(nullif(p.attempt::smallint, 0::smallint)),
            string_agg(timestamptz_send(p.enqueued_at), ''),
            string_agg(int8send(p.seq) || timestamptz_send(p.ready_at), '') filter (where p.ready_at is not null),
            array_agg(p.type::text),
            array_agg(case when p.size <= 500 then p.size end),
            string_agg(case when p.size <= 500 then p.payload::bytea end, ''),
            array_agg(p.attributes::text)
        into seqs, ids, attempts, sent, ready, types, sizes, payloads, attributes
                from unnest(v_taken.seqs) as s (seq) cross join lateral (
                    select j.seq, j.id, j.attempt, j.enqueued_at, j.ready_at, j.type,
                case when j.asks is null then octet_length(j.payload) end as size, j.payload, j.attributes
            from pgjobq.job j
                    where j.queue_id = p_queue and j.lane = v_lane and j.seq = s.seq
                    limit 1
                ) p;
                continue when seqs is null;
                if array_position(sizes, null) is not null then
            return query
            select null::smallint, null::bigint, null::bigint, null::bigint, array[j.seq::bigint], null::bigint[], null::smallint[],
                null::bytea, null::bytea, null::text[], null::integer[], j.payload::bytea, null::text[]
            from pgjobq.job j
            where j.queue_id = p_queue and j.lane = v_lane
                and j.seq between seqs[1] and seqs[cardinality(seqs)] and (j.seq in (select unnest(claim.seqs))) is true
                and octet_length(j.payload) between 501 and 32768 and j.asks is null;
        end if;
                claim_id := p_claim + array_position(p_lanes, v_lane);
                v_left := v_left - cardinality(seqs);
                if v_quarantine then
                    select coalesce(j.priority, case when j.lane < 10 then j.lane else 5 end)::smallint into priority from pgjobq.job j where j.id = coalesce(ids[1], seqs[1]);
                end if;
                insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs)
                values (claim_id, p_node, p_queue, v_lane, seqs[cardinality(seqs)], seqs);
            end if;
            return next;
        end loop;
    end if;
    for i in 1 .. case when v_per_key is null then cardinality(p_lanes) else 0 end loop
        exit when v_left = 0;
        claim_id := p_claim + i;
        next_seq := null;
        v_lane := p_lanes[i];
        v_quarantine := v_lane = 10;
        priority := v_lane;
        v_from := p_from[i];
        v_low := v_from;
        v_since := null;
        if p_last[i] <> 0 and v_from < p_announced[i] then
            v_types := hash_array_extended(p_types, 0);
            select c.max_seq + 1, c.from_seq, c.since_xid into v_next, v_low, v_since
            from pgjobq.claim c
            where c.queue_id = p_queue and c.lane = v_lane and c.max_seq >= v_from - 1 and c.from_seq <= v_from
                and c.since_xid >= p_last[i]::text::xid8 and (c.types_hash is null or c.types_hash = v_types)
            order by c.max_seq desc
            limit 1;
            v_low := coalesce(v_low, v_from);
            if v_next is not null then
                v_from := least(v_next, p_announced[i]);
            end if;
        end if;
        select array_agg(p.seq::bigint), array_agg(nullif(p.id, p.seq)), array_agg(nullif(p.attempt::smallint, 0::smallint)),
            string_agg(timestamptz_send(p.enqueued_at), ''),
            string_agg(int8send(p.seq) || timestamptz_send(p.ready_at), '') filter (where p.ready_at is not null),
            array_agg(p.type::text),
            array_agg(case when p.size <= 500 then p.size end),
            string_agg(case when p.size <= 500 then p.payload::bytea end, ''),
            array_agg(p.attributes::text)
        into seqs, ids, attempts, sent, ready, types, sizes, payloads, attributes
        from (
            select j.seq, j.id, j.attempt, j.enqueued_at, j.ready_at, j.type,
                case when j.asks is null then octet_length(j.payload) end as size, j.payload, j.attributes
            from pgjobq.job j
            where j.queue_id = p_queue and j.lane = v_lane and j.seq >= v_from
                and j.seq not in (
                    select unnest(c.seqs)
                    from pgjobq.claim c
                    where c.queue_id = p_queue and c.lane = v_lane and c.max_seq >= v_from)
                and (p_types is null or j.type = any (p_types) or cardinality(p_types) > 0 and p_types[1] is null and regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') <> all (p_types[2:]))
            order by j.seq
            limit case when v_quarantine then 1 else v_left end
        ) p;
        if array_position(sizes, null) is not null then
            return query
            select null::smallint, null::bigint, null::bigint, null::bigint, array[j.seq::bigint], null::bigint[], null::smallint[],
                null::bytea, null::bytea, null::text[], null::integer[], j.payload::bytea, null::text[]
            from pgjobq.job j
            where j.queue_id = p_queue and j.lane = v_lane
                and j.seq between seqs[1] and seqs[cardinality(seqs)] and (j.seq in (select unnest(claim.seqs))) is true
                and octet_length(j.payload) between 501 and 32768 and j.asks is null;
        end if;
        v_count := coalesce(cardinality(seqs), 0);
        v_left := v_left - v_count;
        if v_quarantine then
            select coalesce(j.priority, case when j.lane < 10 then j.lane else 5 end)::smallint into priority from pgjobq.job j where j.id = coalesce(ids[1], seqs[1]);
        end if;
        if v_count = 0 then
            continue when v_quarantine;
            claim_id := null;
            -- What others have taken need not be walked over again.
            select c.max_seq + 1 into next_seq
            from pgjobq.claim c
            where c.queue_id = p_queue and c.lane = v_lane and c.max_seq >= p_from[i]
            order by c.max_seq desc
            limit 1;
            next_seq := coalesce(next_seq, p_from[i]);
        elsif v_quarantine or v_left > 0 then
            insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs)
            values (claim_id, p_node, p_queue, v_lane, seqs[v_count], seqs);
            next_seq := case when not v_quarantine then seqs[v_count] + 1 end;
        else
            insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs, from_seq, since_xid, types_hash)
            values (claim_id, p_node, p_queue, v_lane, seqs[v_count], seqs, v_low, coalesce(v_since, pg_current_xact_id()),
                hash_array_extended(p_types, 0));
            look := pg_current_xact_id()::text::bigint;
        end if;
        return next;
    end loop;
    if v_limited then
        return query
        select (-1)::smallint, null::bigint, pgjobq.record_starts(p_queue, v_allowed - v_left), v_allowed::bigint, null::bigint[],
            null::bigint[], null::smallint[], null::bytea, null::bytea, null::text[], null::integer[], null::bytea, null::text[];
    end if;
end
$$;

-- Inserts a job together with the claim of the node that sends it, so that it starts there as soon as this has committed. It
-- does what sending and then claiming from p_from on would do, in one snapshot: the job is claimed only if no job of its
-- queue that is as urgent, or more, is to be seen from there on; whether those are taken does not matter, as the node then
-- asks for jobs anyway. Of a queue with limits none is claimed, since nobody counts here. Otherwise the job is inserted as any other.
-- Locks: in shared mode, if it can be had at once, the queue's other advisory lock, which pausing takes, so that a job which
-- starts has been committed when pausing returns. Claims don't wait for it. Nobody can take the job twice: whoever sees it
-- sees its claim. Called as one autocommit statement, so that no client can freeze while it holds the lock.
-- p_from goes from lane 0 to that of the job. No row: the queue is gone.
create or replace function pgjobq.send_claimed(
    p_queue integer, p_node integer, p_token bigint, p_claim bigint, p_from bigint[], p_awaited boolean, p_type text,
    p_payload bytea, p_attributes text)
returns table (id bigint, claimed boolean, enqueued_at timestamptz)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
#variable_conflict use_column
declare
    v_lane smallint := cardinality(p_from) - 1;
    v_free boolean;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'send_claimed needs read committed, not %', current_setting('transaction_isolation')
            using errcode = 'PJ002';
    end if;
    v_free := pg_try_advisory_xact_lock_shared('pgjobq.queue'::regclass::oid::integer, p_queue);
    return query
    with target as materialized (
        select nextval('pgjobq.job_seq'::regclass) as id,
            v_free and not q.paused and q.most_running is null and q.rate_starts is null
            and exists (select from pgjobq.node n where n.id = p_node and n.token = p_token)
            and (
                select bool_or((
                    select true from pgjobq.job j
                    where j.queue_id = p_queue and j.lane = (l.place - 1)::smallint and j.seq >= l.seq
                    limit 1))
                from unnest(p_from) with ordinality as l (seq, place)) is null as claimed
        from pgjobq.queue q
        where q.id = p_queue and q.deleted_xid is null
    ), made as (
        insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs)
        select p_claim, p_node, p_queue, v_lane, t.id, array[t.id] from target t where t.claimed
    )
    insert into pgjobq.job as j (id, seq, queue_id, lane, awaited, type, payload, attributes)
    select t.id, t.id, p_queue, v_lane, p_awaited, p_type, p_payload, p_attributes::jsonb from target t
    returning j.id, (select t.claimed from target t), j.enqueued_at::timestamptz;
end
$$;

-- Ends jobs that succeeded, and deletes claims that are emptied by it; with no job at all, only that. Locks: the claim rows,
-- in id order, so that no rescue takes them away meanwhile, and the job rows, in id order too, since that is how the index
-- returns them; awaited ones after the others. Safe against fenced nodes: only jobs whose claim still exists and
-- names the seq with which they were claimed are touched, and only if they still have it; each delete is a statement of its
-- own, with a snapshot that is younger than the locks. Waits for a rescue (short), never for a handler's transaction: emptied claims that one of
-- those holds are skipped and come back with a later call.
-- Where no queue keeps history, jobs that nobody awaits and that have no deadline are deleted by a statement that can write
-- none: that costs two thirds. Whatever that leaves, or all, is up to the statement that writes history for those who want it.
-- The jobs are found by one walk along the index rather than a look-up each, which costs a third less; "is true" keeps the
-- planner from making a join of the condition on the seq, which is then looked up in a hash table.
-- A job by itself is looked up by its id, under the same lock: what prepares for many takes longer than it does, and its
-- sender may be waiting. Its row in the history is that of end_jobs.
-- p_ids ascends, each once; p_queues and p_held are those of the jobs, each once; p_emptied names each claim once.
-- Returns the ids that were settled, those of them that somebody waits for, the time, and the emptied claims that are gone,
-- the ones included that were gone before.
create or replace function pgjobq.settle_succeeded(
    p_ids bigint[], p_seqs bigint[], p_claims bigint[], p_micros bigint[], p_results bytea[], p_queues integer[],
    p_held bigint[], p_emptied bigint[],
    out settled bigint[], out awaited bigint[], out at timestamptz, out removed bigint[])
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
    v_ids bigint[];
    v_seqs bigint[];
    v_keep boolean;
    v_removed integer;
    v_job record;
begin
    at := clock_timestamp();
    settled := '{}';
    if cardinality(p_ids) = 1 then
        perform from pgjobq.claim c where c.id = p_claims[1] and p_seqs[1] = any (c.seqs) for key share;
        if found then
            delete from pgjobq.job j
            where j.id = p_ids[1] and (j.seq = p_seqs[1]) is true
            returning j.id, j.queue_id, coalesce(j.priority, case when j.lane < 10 then j.lane else 5 end)::smallint as priority, j.attempt, j.snoozes, j.enqueued_at, j.ready_at, j.type,
                j.attributes, j.awaited, j.unique_key, j.key, j.expires_at,
                (select q.keep_succeeded from pgjobq.queue q where q.id = j.queue_id) as keep
            into v_job;
            if found then
                settled := p_ids;
                if v_job.awaited then
                    awaited := p_ids;
                end if;
                if v_job.keep is not null and (v_job.awaited or v_job.keep > interval '0') then
                    insert into pgjobq.finished_job (id, queue_id, priority, attempts, snoozes, state, drop_on, enqueued_at,
                        ready_at, started_at, finished_at, node_id, type, result, attributes, unique_key, key)
                    values (v_job.id, v_job.queue_id, v_job.priority, v_job.attempt + 1, v_job.snoozes, 'succeeded',
                        pgjobq.drop_on(at, v_job.keep), v_job.enqueued_at, v_job.ready_at,
                        at - p_micros[1] * interval '1 microsecond', at, p_claims[1] >> 37, v_job.type, p_results[1],
                        v_job.attributes, v_job.unique_key, v_job.key);
                end if;
                if v_job.expires_at is not null then
                    delete from pgjobq.job_deadline d where d.job_id = v_job.id;
                end if;
            end if;
        end if;
    elsif cardinality(p_ids) > 1 then
        with held as materialized (
            select c.id, c.seqs from pgjobq.claim c where c.id = any (p_held) order by c.id for key share
        )
        select coalesce(array_agg(s.id), '{}'), array_agg(s.seq),
            exists (select from pgjobq.queue q where q.id = any (p_queues) and q.keep_succeeded > interval '0')
        into v_ids, v_seqs, v_keep
        from unnest(p_ids, p_seqs, p_claims) as s (id, seq, claim)
        where ((s.seq, s.claim) in (select unnest(h.seqs), h.id from held h)) is true;
        if not v_keep then
            with done as (
                delete from pgjobq.job j
                where j.id = any (v_ids) and not j.awaited and j.expires_at is null
                    and ((j.id, j.seq) in (select unnest(v_ids), unnest(v_seqs))) is true
                returning j.id
            )
            select array(select d.id from done d) into settled;
        end if;
        if cardinality(settled) < cardinality(v_ids) then
            select settled || e.ended, e.awaited into settled, awaited
            from pgjobq.end_jobs(
                'succeeded', at, v_ids, v_seqs, p_ids, p_claims, p_micros, p_results, null, null, null) e;
        end if;
    end if;
    if cardinality(p_emptied) > 0 then
        delete from pgjobq.claim c
        where c.id = any (array(
            select l.id from pgjobq.claim l where l.id = any (p_emptied) order by l.id for update skip locked));
        get diagnostics v_removed = row_count;
    end if;
    removed := p_emptied;
    if v_removed < cardinality(p_emptied) then
        removed := array(
            select e.id from unnest(p_emptied) as e (id)
            where not exists (select from pgjobq.claim c where c.id = any (array[e.id])));
    end if;
end
$$;

-- Records attempts that did not succeed. Those with a delay make their job wait: for its next attempt, or, where there is no
-- error, for the same one, as the handler asked for that. Those without one end it in the given state. Locks and safety as in
-- settle_succeeded. Returns a row for each settled job.
create or replace function pgjobq.settle_failed(
    p_ids bigint[], p_seqs bigint[], p_claims bigint[], p_micros bigint[], p_types text[], p_messages text[],
    p_stacks text[], p_delays bigint[], p_states text[], p_held bigint[])
returns table (id bigint, ended boolean, awaited boolean, at timestamptz)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_held bigint[];
    v_seqs bigint[];
    v_ending record;
    v_at timestamptz := clock_timestamp();
begin
    with held as materialized (
        select c.id, c.seqs from pgjobq.claim c where c.id = any (p_held) order by c.id for key share
    )
    select array_agg(h.id), array_agg(h.seq) into v_held, v_seqs
    from (select l.id, unnest(l.seqs) as seq from held l) h;
    return query
    with waits as materialized (
        select s.*
        from unnest(p_ids, p_seqs, p_claims, p_types, p_messages, p_stacks, p_delays)
            as s (id, seq, claim, type, message, stack, delay)
        where s.delay is not null and ((s.seq, s.claim) in (select unnest(v_seqs), unnest(v_held))) is true
    ), put_off as (
        update pgjobq.job j
        set attempt = j.attempt + (w.type is not null)::integer,
            snoozes = case when w.type is null then least(coalesce(j.snoozes, 0) + 1, 32767) else j.snoozes end,
            lane = 11, priority = coalesce(j.priority, case when j.lane < 10 then j.lane else 5 end)::smallint,
            seq = (extract(epoch from v_at + w.delay * interval '1 millisecond') * 1000000.0)::bigint,
            -- Where the order is strict, it holds the others with its key back.
            line = case when j.line is not null and not exists (
                select from pgjobq.queue q where q.id = j.queue_id and q.key_order = 'strict') then -j.line else j.line end,
            errors = case when w.type is null then j.errors
                else pgjobq.append_error(j.errors, j.attempt + 1, v_at, w.type, w.message, w.stack) end
        from waits w
        where j.id = any (array[w.id]) and j.seq is not distinct from w.seq
        returning j.id
    )
    select p.id, false, false, v_at from put_off p;
    for v_ending in
        select s.state::pgjobq.job_state as state, array_agg(s.id order by s.id) as ids, array_agg(s.seq order by s.id) as seqs
        from unnest(p_ids, p_seqs, p_claims, p_delays, p_states) as s (id, seq, claim, delay, state)
        where s.delay is null and ((s.seq, s.claim) in (select unnest(v_seqs), unnest(v_held))) is true
        group by s.state
    loop
        return query
        select d.id, true, (d.id = any (e.awaited)) is true, v_at
        from pgjobq.end_jobs(
            v_ending.state, v_at, v_ending.ids, v_ending.seqs, p_ids, p_claims, p_micros, null, p_types, p_messages,
            p_stacks) e
            cross join unnest(e.ended) as d (id);
        if v_ending.state = 'cancelled' then
            delete from pgjobq.cancellation x where x.job_id = any (v_ending.ids);
        end if;
    end loop;
end
$$;

-- Ends one job inside the handler's own transaction, which holds the claim row until it ends: so no rescue and no release
-- can take the job away between here and the commit, and those skip the claim instead of waiting. So that a process that is
-- frozen or cut off just there does not hold the claim for ever, the server rolls the transaction back if nothing follows
-- before the node would be declared dead. Returns whether somebody waits for the job; null if the claim is gone, or no longer
-- holds the job.
create or replace function pgjobq.complete(
    p_id bigint, p_seq bigint, p_claim bigint, p_micros bigint, p_result bytea, out awaited boolean, out at timestamptz)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
begin
    at := clock_timestamp();
    perform from pgjobq.claim c where c.id = p_claim and p_seq = any (c.seqs) for key share;
    if not found then
        return;
    end if;
    perform set_config('idle_in_transaction_session_timeout',
        ceil(extract(epoch from n.silence_allowed * 0.8) * 1000)::text, true)
    from pgjobq.node n
    where n.id = p_claim >> 37
        and (current_setting('idle_in_transaction_session_timeout')::interval = interval '0'
            or current_setting('idle_in_transaction_session_timeout')::interval > n.silence_allowed * 0.8);
    select e.awaited is not null into complete.awaited
    from pgjobq.end_jobs(
        'succeeded', at, array[p_id], array[p_seq], array[p_id], array[p_claim], array[p_micros], array[p_result],
        null, null, null) e
    where e.ended is not null;
end
$$;

-- Ends the jobs of a batch inside their handler's own transaction, which holds their claim rows until it ends; what that
-- means for others, and what ends a transaction that stays silent, is as for complete. Locks: the claim rows, in id order, and
-- the job rows, in id order too, since that is how the index returns them. The delete is a statement of its own, with a snapshot
-- that is younger than the locks.
-- p_ids ascends, each once; p_held names their claims, each once. All of them took p_micros.
-- Returns the jobs that the claims still hold, those of them that somebody waits for, and the time. If jobs are missing there, they
-- were taken away: none has ended unless all could, and the caller rolls back.
create or replace function pgjobq.complete_all(
    p_ids bigint[], p_seqs bigint[], p_claims bigint[], p_held bigint[], p_micros bigint,
    out held bigint[], out awaited bigint[], out at timestamptz)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_nestloop = off
set enable_mergejoin = off
as $$
begin
    at := clock_timestamp();
    with locked as materialized (
        select c.id, c.seqs from pgjobq.claim c where c.id = any (p_held) order by c.id for key share
    )
    select coalesce(array_agg(s.id), '{}') into held
    from unnest(p_ids, p_seqs, p_claims) as s (id, seq, claim)
    where ((s.seq, s.claim) in (select unnest(l.seqs), l.id from locked l)) is true;
    if cardinality(held) < cardinality(p_ids) then
        return;
    end if;
    perform set_config('idle_in_transaction_session_timeout',
        ceil(extract(epoch from n.silence_allowed * 0.8) * 1000)::text, true)
    from pgjobq.node n
    where n.id = p_claims[1] >> 37
        and (current_setting('idle_in_transaction_session_timeout')::interval = interval '0'
            or current_setting('idle_in_transaction_session_timeout')::interval > n.silence_allowed * 0.8);
    select coalesce(e.ended, '{}'), e.awaited into held, complete_all.awaited
    from pgjobq.end_jobs(
        'succeeded', at, p_ids, p_seqs, p_ids, p_claims, array_fill(p_micros, array[cardinality(p_ids)]), null,
        null, null, null) e;
end
$$;

-- Gives jobs back without charging an attempt: they leave their claim and keep their seq, hence their place in the line.
-- Locks: the claim rows, in id order and for update; one that a handler's transaction holds is skipped, since its job may
-- just be completed. Safe to keep the seq, since the claim that named it does so no longer when this commits.
-- p_seqs and p_claims go together; p_emptied are claims that have no other job left. Returns the claims that were changed.
create or replace function pgjobq.release(p_seqs bigint[], p_claims bigint[], p_emptied bigint[]) returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    v_locked bigint[];
begin
    v_locked := array(
        select c.id from pgjobq.claim c where c.id = any (p_claims) order by c.id for update skip locked);
    delete from pgjobq.claim c where c.id = any (v_locked) and c.id = any (p_emptied);
    update pgjobq.claim c
    set seqs = array(
        select s from unnest(c.seqs) s
        where s not in (select g.seq from unnest(p_seqs, p_claims) as g (seq, claim) where g.claim = c.id)
        order by s)
    where c.id = any (v_locked);
    return v_locked || array(
        select p.id from unnest(p_claims) as p (id) where not exists (select from pgjobq.claim c where c.id = any (array[p.id])));
end
$$;

-- Frees what nodes held that are gone: each unfinished job is charged one attempt and keeps its seq, hence its place in the
-- line; one whose attempts are spent ends among the dead jobs, one that was to be cancelled as cancelled, and one that lost its
-- second node goes to quarantine, and is claimed apart. Locks: an advisory lock, so that there is one rescuer at a time, then claim rows in id order; one that a
-- handler's transaction holds is skipped, since its job may just be completed. Then the job rows, in id order as everybody
-- does. Once the claim is gone, its old holder is fenced. Returns what became ready: queue, lane, lowest seq; how many of
-- them are in quarantine.
create or replace function pgjobq.rescue(p_limit integer)
returns table (queue_id integer, priority smallint, seq bigint, rescued bigint, quarantined bigint, died bigint,
    awaited bigint[])
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_claim record;
    v_cancelled bigint[];
    v_cancelled_seqs bigint[];
    v_reasons text[];
    v_spent bigint[];
    v_spent_seqs bigint[];
    v_messages text[];
    v_at timestamptz := clock_timestamp();
begin
    if not pg_try_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, 0) then
        return;
    end if;
    for v_claim in
        select c.id, c.node_id, c.queue_id, c.lane, c.seqs, q.max_attempts,
            (select min(s) from unnest(c.seqs) s) as first_seq, (select max(s) from unnest(c.seqs) s) as last_seq
        from pgjobq.claim c left join pgjobq.queue q on q.id = c.queue_id
        where c.node_id not in (select n.id from pgjobq.node n)
        order by c.id
        limit p_limit
        for update of c skip locked
    loop
        -- Of a node that is gone nobody will obey it.
        select array_agg(l.id), array_agg(l.seq), array_agg(coalesce(l.reason, '')) into v_cancelled, v_cancelled_seqs, v_reasons
        from (
            select o.id, o.seq, x.reason
            from (
                select c.job_id, c.reason
                from pgjobq.cancellation c
                where c.node_id = v_claim.node_id
                order by c.job_id
            ) x cross join lateral (
                select j.id, j.seq::bigint
                from pgjobq.job j
                where j.id = any (array[x.job_id]) and j.queue_id = v_claim.queue_id and j.lane = v_claim.lane
                    and j.seq = any (v_claim.seqs)
                limit 1
                for update
            ) o
        ) l;
        rescue.awaited := null;
        if v_cancelled is not null then
            select e.awaited into rescue.awaited
            from pgjobq.end_jobs(
                'cancelled', v_at, v_cancelled, v_cancelled_seqs, v_cancelled,
                array_fill(v_claim.id, array[cardinality(v_cancelled)]), null, null,
                array_fill('cancelled'::text, array[cardinality(v_cancelled)]), v_reasons,
                array_fill(''::text, array[cardinality(v_cancelled)])) e;
            delete from pgjobq.cancellation x where x.job_id = any (v_cancelled);
        end if;
        select array_agg(l.id), array_agg(l.seq),
            array_agg(pgjobq.rescue_error(least(coalesce(l.rescues, 0), 100) + 1, l.attempt + 1))
        into v_spent, v_spent_seqs, v_messages
        from (
            select j.id, j.seq::bigint, j.rescues, j.attempt
            from pgjobq.job j
            where j.queue_id = v_claim.queue_id and j.lane = v_claim.lane
                and j.seq between v_claim.first_seq and v_claim.last_seq
                and j.seq = any (v_claim.seqs)
            order by j.id
            for update
        ) l
        where l.attempt + 1 >= v_claim.max_attempts;
        with freed as (
            update pgjobq.job j
            set attempt = j.attempt + 1, rescues = least(coalesce(j.rescues, 0), 100) + 1,
                lane = case when j.rescues + 1 >= 2 then 10 else j.lane end,
                priority = case when j.rescues + 1 >= 2 then coalesce(j.priority, case when j.lane < 10 then j.lane else 5 end)::smallint end,
                errors = pgjobq.append_error(
                    j.errors, j.attempt + 1, v_at, 'lost', pgjobq.rescue_error(least(coalesce(j.rescues, 0), 100) + 1, j.attempt + 1), '')
            where j.queue_id = v_claim.queue_id and j.lane = v_claim.lane
                and j.seq between v_claim.first_seq and v_claim.last_seq
                and j.seq = any (v_claim.seqs) and j.attempt + 1 < v_claim.max_attempts
            returning j.seq, j.rescues
        )
        select v_claim.queue_id, v_claim.lane, min(f.seq), count(f.seq), count(*) filter (where f.rescues >= 2)
        into rescue.queue_id, rescue.priority, rescue.seq, rescue.rescued, rescue.quarantined
        from freed f;
        rescue.died := coalesce(cardinality(v_spent), 0);
        if v_spent is not null then
            select rescue.awaited || e.awaited into rescue.awaited
            from pgjobq.end_jobs(
                'dead', v_at, v_spent, v_spent_seqs, v_spent, array_fill(v_claim.id, array[rescue.died::integer]), null, null,
                array_fill('lost'::text, array[rescue.died::integer]), v_messages,
                array_fill(''::text, array[rescue.died::integer])) e;
        end if;
        delete from pgjobq.claim c where c.id = v_claim.id;
        return next;
    end loop;
end
$$;

-- Puts waiting jobs whose time has come at the end of their lane, in the order of their times: up to p_limit, the same share of
-- each queue that has any, and from the queues whose jobs are due the longest if there are more queues than that. Locks: an
-- advisory lock, so that one node does it at a time (the others need not), and the job rows, skipping those that somebody else
-- changes. Jobs of the very same time come in the order in which they were sent, as far as they come in one call.
-- Looks at times from p_from on, or at all (null): as long as somebody's snapshot is held, what was put in line before has
-- left dead entries there.
-- Returns what became ready (queue, lane, lowest seq), then a row without a queue: when to come back, null for never, and up to
-- when nothing is left, null if something is. What somebody else holds may be held for long: one who gets nothing else is to
-- come back in a while, not at once.
create or replace function pgjobq.promote(p_limit integer, p_from timestamptz)
returns table (queue_id integer, priority smallint, seq bigint, due_in_millis bigint, until timestamptz)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    -- Not called in the condition, which then would be no condition of the index: all waiting jobs would be walked over.
    v_now timestamptz := clock_timestamp();
    v_due bigint := (extract(epoch from v_now) * 1000000.0)::bigint;
    v_from bigint := coalesce((extract(epoch from p_from) * 1000000.0)::bigint, 0);
begin
    if not pg_try_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, -1) then
        return query select null::integer, null::smallint, null::bigint, 100::bigint, null::timestamptz;
        return;
    end if;
    return query
    with behind as materialized (
        select q.id, f.seq
        from pgjobq.queue q cross join lateral (
            select j.seq
            from pgjobq.job j
            where j.queue_id = q.id and j.lane = 11 and j.seq between v_from and v_due
            order by j.seq
            limit 1
        ) f
        order by f.seq
        limit p_limit
    ), due as materialized (
        select d.id, d.seq
        from behind b cross join lateral (
            select j.id, j.seq
            from pgjobq.job j
            where j.queue_id = b.id and j.lane = 11 and j.seq between b.seq and v_due
            order by j.seq
            limit (select p_limit / count(*) from behind)
            for update of j skip locked
        ) d
        order by d.seq, d.id
    ), numbered as materialized (
        select d.id, d.seq as due, nextval('pgjobq.job_seq') as seq from due d
    ), promoted as (
        update pgjobq.job j
        set seq = n.seq, ready_at = timestamptz 'epoch' + n.due * interval '1 microsecond',
            lane = case when j.rescues >= 2 then 10 else coalesce(j.priority, 5) end,
            priority = case when j.rescues >= 2 then j.priority end,
            line = abs(j.line)
        from numbered n
        where j.id = any (array[n.id])
        returning j.queue_id, j.lane, j.seq
    )
    select p.queue_id, p.lane::smallint, min(p.seq), null::bigint, v_now from promoted p group by p.queue_id, p.lane;
    return query
    select null::integer, null::smallint, null::bigint,
        case
            when min(w.seq) > v_due then greatest(0, ceil((min(w.seq) - (extract(epoch from clock_timestamp()) * 1000000.0)::bigint) / 1000.0))::bigint
            when min(w.seq) <= v_due then case when found then 0 else 100 end
        end,
        case when (min(w.seq) <= v_due) is not true then v_now end
    from pgjobq.queue q cross join lateral (
        select j.seq
        from pgjobq.job j
        where j.queue_id = q.id and j.lane = 11 and j.seq >= v_from
        order by j.seq
        limit 1
    ) w;
end
$$;

-- Finds what no wake-up told of: for each lane of the given queues the lowest seq, from p_from on, that nobody has taken. The last row, without a queue, says in what time the next waiting
-- job is due, null for never, or if not all is looked at. Locks nothing: it is a look, the claim that follows decides.
create or replace function pgjobq.sweep(p_queues integer[], p_from bigint)
returns table (queue_id integer, priority smallint, seq bigint, due_in_millis bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_sort = off
as $$
declare
    v_from bigint;
    v_per_key integer;
    v_key_order text;
begin
    foreach queue_id in array p_queues loop
        select q.per_key, q.key_order into v_per_key, v_key_order from pgjobq.queue q where q.id = sweep.queue_id;
        -- A job in quarantine keeps its old seq.
        for lane in 0 .. 10 loop
            v_from := case when lane < 10 then p_from else 0 end;
            sweep.priority := lane;
            select f.seq into sweep.seq
            from (
                select j.seq
                from pgjobq.job j
                where j.queue_id = sweep.queue_id and j.lane = sweep.priority and j.seq >= v_from
                and j.seq not in (
                    select unnest(c.seqs)
                    from pgjobq.claim c
                    where c.queue_id = sweep.queue_id and c.lane = sweep.priority and c.max_seq >= v_from)
                    and (v_per_key is null or j.line is null or ((
                        select count(*)
                        from pgjobq.key_hold o
                        where o.queue_id = j.queue_id and o.line = j.line and o.id <> j.id and (exists (select from pgjobq.job g where g.id = any (array[o.id]) and (g.seq = o.seq) is true)
            and exists (select from pgjobq.claim c where c.id = any (array[o.claim_id]) and o.seq = any (c.seqs)))
                    ) < v_per_key
                    and (v_key_order is null or not exists (
                        select from pgjobq.job b
                        where b.queue_id = j.queue_id and b.line = j.line and b.id < j.id))))
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
        select ceil((min(w.seq) - (extract(epoch from clock_timestamp()) * 1000000.0)::bigint) / 1000.0)::bigint into due_in_millis
        from pgjobq.queue q cross join lateral (
            select j.seq
            from pgjobq.job j
            where j.queue_id = q.id and j.lane = 11
            order by j.seq
            limit 1
        ) w;
    end if;
    return next;
end
$$;

-- Looks in a lane, from a seq on, for free jobs whose type is not among the given ones (see claim). Locks nothing; bounded.
-- Returns for each type how many of the next 1000 jobs have it, and the first one's id.
create or replace function pgjobq.unknown_types(p_queue integer, p_lane smallint, p_from bigint, p_types text[])
returns table (type text, jobs bigint, example bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
as $$
begin
    return query
    select h.type, count(*), (array_agg(h.id))[1]
    from (
        select j.type::text, j.id
        from pgjobq.job j
        where j.queue_id = p_queue and j.lane = p_lane and j.seq >= p_from
                and j.seq not in (
                    select unnest(c.seqs)
                    from pgjobq.claim c
                    where c.queue_id = p_queue and c.lane = p_lane and c.max_seq >= p_from)
        order by j.seq
        limit 1000
    ) h
    where (p_types is null or h.type = any (p_types) or cardinality(p_types) > 0 and p_types[1] is null and regexp_replace(h.type, '@([2-9]|[1-9][0-9]{1,2})$', '') <> all (p_types[2:])) is not true
    group by h.type;
end
$$;

-- Queues that jobs name although there are none: another program stored those jobs, and nobody will ever run them. Locks
-- nothing. Hops from one queue to the next along the index, so that it costs no more where there are many jobs.
create or replace function pgjobq.unknown_queues()
returns table (id integer)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
as $$
begin
    return query
    with recursive named as (
        (select j.queue_id as id from pgjobq.job j order by j.queue_id, j.lane, j.seq limit 1)
        union all
        select (select j.queue_id from pgjobq.job j where j.queue_id > n.id order by j.queue_id, j.lane, j.seq limit 1)
        from named n
        where n.id is not null
    )
    select n.id
    from named n
    where n.id is not null and not exists (select from pgjobq.queue q where q.id = n.id)
    order by n.id;
end
$$;

-- Removes up to p_limit jobs and as many claims of deleted queues, and the queues themselves once no transaction that could
-- have sent to them is left (see the table). Locks the rows that it
-- deletes, in no order, since it waits for nobody: those that a handler's transaction holds are left for the next time. Jobs that somebody waits for are kept as cancelled. Finds jobs along the
-- indexes of their queues, so that it costs nothing where none was deleted, however many jobs there are.
-- Returns the jobs that somebody waits for, and whether there may be more to remove.
create or replace function pgjobq.purge_queues(p_limit integer, out awaited bigint[], out more boolean)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_gone integer[] := array(select q.id from pgjobq.queue q where q.deleted_xid is not null);
    v_ids bigint[];
    v_seqs bigint[];
    v_claims bigint;
begin
    more := false;
    if cardinality(v_gone) = 0 then
        return;
    end if;
    with gone as materialized (
        select j.id, j.seq::bigint from pgjobq.job j where j.queue_id = any (v_gone) limit p_limit for update skip locked
    )
    select array_agg(l.id), array_agg(l.seq) into v_ids, v_seqs from (select g.* from gone g order by g.id) l;
    select coalesce(e.awaited, '{}') into purge_queues.awaited
    from pgjobq.end_jobs(
        'cancelled', clock_timestamp(), v_ids, v_seqs, null, null, null, null, null, null, null) e;
    delete from pgjobq.claim c
    where c.id = any (array(
        select l.id from pgjobq.claim l where l.queue_id = any (v_gone) order by l.id limit p_limit
        for update skip locked));
    get diagnostics v_claims = row_count;
    delete from pgjobq.queue_rate r where r.queue_id = any (v_gone);
    delete from pgjobq.queue q
    where q.id = any (v_gone) and q.deleted_xid < pg_snapshot_xmin(pg_current_snapshot())
        and q.deleted_at < clock_timestamp() - interval '1 day'
        -- Not "exists", which the planner may make a join of that reads all jobs.
        and (select true from pgjobq.job j where j.queue_id = q.id limit 1) is null;
    more := coalesce(cardinality(v_ids), 0) >= p_limit or v_claims >= p_limit;
end
$$;

-- How many of up to p_most jobs may be taken of a queue now, by its limits. Locks nothing: the caller has the queue's lock, so that
-- nobody takes any meanwhile; what ends meanwhile only makes room.
-- A job runs, for the limit, as long as a claim names it and its row is there: so no crash, rescue or retry keeps a place. The claims' own
-- numbers are looked at first, since they are more than that at most; jobs are looked for only if those are too many, and no more than may run.
-- In any time of rate_micros no more than rate_starts jobs are taken: those of a slice count until its end is that long ago. What
-- a clock says that was put back since counts as now.
create or replace function pgjobq.allowance(p_queue integer, p_most integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_queue pgjobq.queue;
    v_held bigint;
    v_now bigint := (extract(epoch from clock_timestamp()) * 1000000.0)::bigint;
    v_slice bigint;
    v_used bigint;
    v_paced_at bigint;
    v_pace numeric;
    v_left bigint := p_most;
begin
    select q.* into v_queue from pgjobq.queue q where q.id = p_queue;
    if v_queue.most_running is not null then
        select coalesce(sum(cardinality(c.seqs)), 0) into v_held from pgjobq.claim c where c.queue_id = p_queue;
        if v_held + v_left > v_queue.most_running then
            select count(*) into v_held
            from (
                select
                from pgjobq.claim c cross join lateral unnest(c.seqs) as h (seq) cross join lateral (
                    select from pgjobq.job j
                    where j.queue_id = c.queue_id and j.lane = c.lane and j.seq = h.seq
                    limit 1
                ) o
                where c.queue_id = p_queue
                limit v_queue.most_running
            ) r;
        end if;
        v_left := least(v_left, v_queue.most_running - v_held);
    end if;
    if v_queue.rate_starts is not null and v_left > 0 then
        v_slice := case
            when v_queue.rate_starts <= 1000 then greatest(1, least(10000, v_queue.rate_micros / 500))
            else greatest(1, least(10000, v_queue.rate_micros / 500), v_queue.rate_micros / 1000)
        end;
        select coalesce((
                select sum(u.n)
                from unnest(r.slices, r.starts) as u (slice, n)
                where (least(u.slice, v_now / v_slice) + 1) * v_slice + v_queue.rate_micros > v_now), 0), r.paced_at
        into v_used, v_paced_at
        from pgjobq.queue_rate r
        where r.queue_id = p_queue;
        v_left := least(v_left, v_queue.rate_starts - coalesce(v_used, 0));
        if v_queue.rate_burst is not null then
            v_pace := v_queue.rate_micros::numeric / v_queue.rate_starts;
            v_left := least(v_left, floor(v_queue.rate_burst
                - greatest(0, least(coalesce(v_paced_at, v_now), v_now + v_queue.rate_micros) - v_now) / v_pace)::bigint);
        end if;
    end if;
    return greatest(0, v_left);
end
$$;

-- Notes that p_jobs jobs of a queue were taken, if it has a rate, and says in how many microseconds the next may be: 0 for at once. Null
-- if it has no rate. Locks: the row that says how many were taken, which nobody else has, as the caller has the queue's lock.
-- Whoever is forgotten by a crash of the server must not have been started: the caller's commit waits for the disk.
create or replace function pgjobq.record_starts(p_queue integer, p_jobs integer) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_queue pgjobq.queue;
    v_now bigint := (extract(epoch from clock_timestamp()) * 1000000.0)::bigint;
    v_slice bigint;
    v_slices bigint[];
    v_starts integer[];
    v_paced_at bigint;
    v_pace numeric;
    v_excess bigint;
    v_next bigint := 0;
begin
    select q.* into v_queue from pgjobq.queue q where q.id = p_queue;
    if v_queue.rate_starts is null then
        return null;
    end if;
    v_slice := case
            when v_queue.rate_starts <= 1000 then greatest(1, least(10000, v_queue.rate_micros / 500))
            else greatest(1, least(10000, v_queue.rate_micros / 500), v_queue.rate_micros / 1000)
        end;
    v_pace := v_queue.rate_micros::numeric / v_queue.rate_starts;
    select array_agg(s.slice order by s.slice), array_agg(s.n order by s.slice), min(s.paced_at) into v_slices, v_starts, v_paced_at
    from (
        select least(u.slice, v_now / v_slice) as slice, sum(u.n)::integer as n, min(u.paced_at) as paced_at
        from (
            select o.slice, o.n, r.paced_at
            from pgjobq.queue_rate r cross join lateral unnest(r.slices, r.starts) as o (slice, n)
            where r.queue_id = p_queue
            union all
            select v_now / v_slice, p_jobs, null
        ) u
        where u.n > 0 and (least(u.slice, v_now / v_slice) + 1) * v_slice + v_queue.rate_micros > v_now
        group by 1
    ) s;
    v_paced_at := greatest(v_now, least(coalesce(v_paced_at, v_now), v_now + v_queue.rate_micros)) + (p_jobs * v_pace)::bigint;
    if p_jobs > 0 then
        insert into pgjobq.queue_rate as r (queue_id, slices, starts, paced_at)
        values (p_queue, v_slices, v_starts, v_paced_at)
        on conflict (queue_id) do update set slices = excluded.slices, starts = excluded.starts, paced_at = excluded.paced_at;
    end if;
    -- The next may be taken when so many no longer count that one more is allowed.
    v_excess := coalesce((select sum(n) from unnest(v_starts) n), 0) - v_queue.rate_starts + 1;
    if v_excess > 0 then
        select (min(u.slice) + 1) * v_slice + v_queue.rate_micros - v_now into v_next
        from (
            select o.slice, sum(o.n) over (order by o.slice) as gone
            from unnest(v_slices, v_starts) as o (slice, n)
        ) u
        where u.gone >= v_excess;
    end if;
    if v_queue.rate_burst is not null then
        v_next := greatest(v_next, ceil(v_paced_at - (v_queue.rate_burst - 1) * v_pace)::bigint - v_now);
    end if;
    return greatest(0, v_next);
end
$$;

-- The state of queues at one moment, of one or of all. Locks nothing. Each count stops at the limit, so that a large table
-- costs no more. oldest_seconds says since when the first ready job has its place in the line: the earliest of those that
-- are next in their lanes. Running jobs are counted claim by claim: a join could be planned from all jobs to the claims.
create or replace function pgjobq.describe_queues(p_name text, p_most integer)
returns table (name text, paused boolean, ready bigint, running bigint, waiting bigint, dead bigint, oldest_seconds numeric,
    most_running integer, rate_starts integer, rate_micros bigint, rate_burst integer,
    per_key integer, key_order text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
as $$
begin
    return query
    select q.name, q.paused,
        (select greatest(0, count(*) - r.running) from (
            select from pgjobq.job j
            where j.queue_id = q.id and j.lane < 11 limit p_most + r.running) x),
        r.running,
        (select count(*) from (
            select from pgjobq.job j where j.queue_id = q.id and j.lane = 11 limit p_most) x),
        (select count(*) from (
            select from pgjobq.finished_job f where f.queue_id = q.id and f.state = 'dead' limit p_most) x),
        extract(epoch from clock_timestamp() - (
            select min(o.since)
            from generate_series(0, 10) as p (lane) cross join lateral (
                select coalesce(j.ready_at, j.enqueued_at)::timestamptz as since
                from pgjobq.job j
                where j.queue_id = q.id and j.lane = p.lane and j.seq >= 0
                and j.seq not in (
                    select unnest(c.seqs)
                    from pgjobq.claim c
                    where c.queue_id = q.id and c.lane = p.lane and c.max_seq >= 0)
                order by j.seq
                limit 1
            ) o)),
        q.most_running, q.rate_starts, q.rate_micros, q.rate_burst, q.per_key, q.key_order
    from pgjobq.queue q cross join lateral (
        select coalesce(sum(h.held), 0)::bigint as running
        from pgjobq.claim c cross join lateral (
            select min(s) as first_seq, max(s) as last_seq from unnest(c.seqs) s
        ) e cross join lateral (
            select count(*) as held
            from pgjobq.job j
            where j.queue_id = c.queue_id and j.lane = c.lane
                and j.seq between e.first_seq and e.last_seq and j.seq = any (c.seqs)
        ) h
        where c.queue_id = q.id
    ) r
    where q.deleted_xid is null and (q.name = p_name or p_name is null)
    order by q.name;
end
$$;

-- What a job needs when it starts that did not come along with the claim: a payload that was too large; and, if it asks, leave to
-- start. Then a key that is taken until now is freed, one whose deadline is over is ended as dead, and any other learns how
-- long it may run.
-- Locks, for a job that asks: the claim, in shared mode as by a settlement, so that no fenced node starts or ends anything; and the
-- key's row, so that whoever keeps the job has committed that before it starts, or will see that it has started; for such a
-- transaction it waits two seconds at most. The commit is asynchronous: what a crash forgets starts again.
-- A function for its settings: a plan that a connection keeps from the day on which the table was empty would read all of it.
-- Returns the payload, null if it can't start: somebody has the key's row, or its deadline is over (left_millis is 0 or less) and it
-- is dead, of which whoever waits for it is notified. No row if the job is not the caller's any more.
create or replace function pgjobq.start_job(p_id bigint, p_seq bigint, p_claim bigint)
returns table (payload bytea, left_millis bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_job record;
begin
    select j.payload::bytea as payload, j.queue_id, j.unique_key, j.expires_at, j.asks into v_job
    from pgjobq.job j
    where j.id = p_id and j.seq is not distinct from p_seq;
    if not found then
        return;
    end if;
    payload := v_job.payload;
    if v_job.asks then
        perform set_config('lock_timeout', '2s', true), set_config('synchronous_commit', 'off', true);
        perform from pgjobq.claim c where c.id = p_claim and p_seq = any (c.seqs) for key share;
        if not found then
            return;
        end if;
        left_millis := floor(extract(epoch from v_job.expires_at - clock_timestamp()) * 1000)::bigint;
        if left_millis <= 0 then
            payload := null;
            perform pg_notify('pgjobq_done', 'e' || p_id)
            from pgjobq.end_jobs(
                'dead', clock_timestamp(), array[p_id], array[p_seq], array[p_id], null, null, null, array['expired'],
                array['its deadline was over before it succeeded'], array['']) e
            where e.awaited is not null;
        else
            begin
                delete from pgjobq.job_key k
                where k.queue_id = v_job.queue_id and k.key = v_job.unique_key and k.job_id = p_id and k.until_started;
            exception when lock_not_available then
                payload := null;
                left_millis := null;
            end;
        end if;
    end if;
    return next;
end
$$;

-- Marks jobs as waited for. Locks the rows of those that are not marked yet, in id order, as settling does: else the two
-- could wait for each other. Returns the ids that have not ended. A function for its settings: see payload.
create or replace function pgjobq.await(p_ids bigint[])
returns table (id bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
    return query
    with unmarked as materialized (
        select j.id from pgjobq.job j where j.id = any (p_ids) and not j.awaited order by j.id for no key update
    ), marked as (
        update pgjobq.job j set awaited = true from unmarked u where j.id = any (array[u.id]) returning j.id
    )
    select m.id from marked m
    union
    select j.id from pgjobq.job j where j.id = any (p_ids) and j.awaited;
end
$$;

-- How jobs ended. Locks nothing. One snapshot for both tables: a job that is in neither is not known. The limits keep the
-- look-ups apart: joined, they would be planned as one walk over the whole history and all rows of the hot table, dead ones
-- included. A function for its settings: see payload.
create or replace function pgjobq.outcomes(p_ids bigint[])
returns table (id bigint, state pgjobq.job_state, attempts smallint, started_at timestamptz, finished_at timestamptz,
    result bytea, error jsonb, exists_yet boolean)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
    return query
    select w.id, f.state, f.attempts, f.started_at, f.finished_at, f.result, f.error,
        coalesce((select true from pgjobq.job j where j.id = w.id limit 1), false)
    from unnest(p_ids) as w (id) left join lateral (
        select e.state, e.attempts, e.started_at, e.finished_at, e.result, e.errors -> -1 as error
        from pgjobq.finished_job e
        where e.id = w.id
        limit 1
    ) f on true;
end
$$;

-- Sends the jobs of schedules that are due, and moves these on, all in the caller's one transaction. A schedule that is not as the
-- caller saw it, in version and next time, is passed over: somebody else has dealt with it, or it was changed or paused.
-- Locks: the rows of the schedules, which the caller names in one order, so that no two wait for each other. Senders wait for
-- nothing: a job's row is new.
-- p_of says for each of p_times to which of the schedules it belongs, by place, in the order in which they are to be sent. A schedule
-- of which p_alone is true sends nothing while its last job has not ended.
-- Returns for each schedule that was moved its place, its queue, its priority, and the first and the number of its jobs, null and 0 for
-- none.
create or replace function pgjobq.fire_schedules(
    p_names text[], p_versions integer[], p_expected timestamptz[], p_next timestamptz[], p_due timestamptz[], p_alone boolean[],
    p_of integer[], p_times timestamptz[])
returns table (place integer, queue_id integer, priority smallint, seq bigint, jobs integer)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
    v_schedule pgjobq.schedule;
    v_id bigint;
    v_time timestamptz;
begin
    for i in 1 .. cardinality(p_names) loop
        update pgjobq.schedule s
        set next_at = p_next[i], due_at = p_due[i]
        where s.name = p_names[i] and s.version = p_versions[i] and s.next_at = p_expected[i] and not s.paused
        returning s.* into v_schedule;
        continue when v_schedule.name is null;
        place := i;
        queue_id := v_schedule.queue_id;
        priority := v_schedule.priority;
        seq := null;
        jobs := 0;
        if not (p_alone[i] and exists (select from pgjobq.job j where j.id = v_schedule.last_job)) then
            foreach v_time in array array(
                select t.time
                from unnest(p_of, p_times) with ordinality as t (schedule, time, place)
                where t.schedule = i and exists (
                    select from pgjobq.queue q where q.id = v_schedule.queue_id and q.deleted_xid is null)
                order by t.place)
            loop
                v_id := nextval('pgjobq.job_seq'::regclass);
                insert into pgjobq.job (id, seq, queue_id, lane, type, payload, attributes)
                values (v_id, v_id, v_schedule.queue_id, v_schedule.priority, v_schedule.type, v_schedule.payload,
                    coalesce(v_schedule.attributes::jsonb, '{}'::jsonb) || jsonb_strip_nulls(jsonb_build_object(
                        'pgjobq.schedule', v_schedule.name,
                        'pgjobq.scheduled-at', to_char(v_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                        'pgjobq.previously-at', to_char(v_schedule.last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))));
                seq := coalesce(seq, v_id);
                jobs := jobs + 1;
                v_schedule.last_at := v_time;
            end loop;
        end if;
        if jobs > 0 then
            update pgjobq.schedule s
            set last_at = v_schedule.last_at, last_job = v_id
            where s.name = v_schedule.name;
        end if;
        return next;
    end loop;
end
$$;

-- Takes a key for a job that is being stored by the same transaction, unless it is taken. Locks: the key's row, until the
-- caller's transaction ends, if the key was free, or will be once its job starts: so that this job can't start, nor anybody else
-- take the key, before what the caller relies on is committed or not. Waits for others who do the same with that key. The job
-- is looked at by a statement of its own after that: in the snapshot of the statement that locks it might not be there yet.
-- Returns the job that has the key, null if it was free and is the given job's now.
create or replace function pgjobq.take_key(
    p_queue integer, p_key text, p_job bigint, p_until_started boolean, p_free_at timestamptz)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_key pgjobq.job_key;
    v_locked boolean := false;
begin
    loop
        insert into pgjobq.job_key as k (queue_id, key, job_id, until_started, free_at)
        values (p_queue, p_key, p_job, p_until_started, p_free_at)
        on conflict (queue_id, key) do nothing;
        if found then
            return null;
        end if;
        if v_locked then
            select k.* into v_key from pgjobq.job_key k where k.queue_id = p_queue and k.key = p_key for update;
        else
            select k.* into v_key from pgjobq.job_key k where k.queue_id = p_queue and k.key = p_key;
        end if;
        continue when not found;
        if coalesce(v_key.free_at > clock_timestamp(), exists (select from pgjobq.job j where j.id = v_key.job_id)) then
            if v_locked or not v_key.until_started then
                return v_key.job_id;
            end if;
        elsif v_locked then
            update pgjobq.job_key k
            set job_id = p_job, until_started = p_until_started, free_at = p_free_at
            where k.queue_id = p_queue and k.key = p_key;
            return null;
        end if;
        -- It seems to be free, or will be once its job starts: to be sure of that, or to prevent it, needs the lock.
        v_locked := true;
    end loop;
end
$$;

-- Inserts jobs with a unique key, a deadline, or a key by which they take turns, inside the caller's transaction, each unless another one of its queue has its key.
-- Where one has that waits, and p_replace is true, that gets what the new one would have been: payload, type, attributes, priority,
-- deadline, and the time until which it waits, be that over.
-- Locks: see take_key, in the order of the keys, so that no two who do so wait for each other; and the rows of waiting jobs that
-- are changed. Those nobody holds, and whoever would put them in line, or end them, passes them by.
-- Returns for each job, in the order given, its id or that of the one that has its key; what became of it ('new', 'kept' or
-- 'replaced'); when it is due, null if it is ready; and the queue's number. No row: there is no such queue. One row of
-- place 0, 'unkeyed': keys by which jobs take turns say nothing in that queue; nothing is stored.
create or replace function pgjobq.send_with_rules(
    p_queue text, p_keys text[], p_types text[], p_payloads bytea[], p_priority smallint, p_attributes jsonb, p_awaited boolean,
    p_delay bigint, p_at timestamptz, p_until_started boolean, p_period bigint, p_replace boolean,
    p_expires bigint, p_expires_at timestamptz, p_order_keys text[])
returns table (place integer, id bigint, fate text, due_in_millis bigint, queue_id integer)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
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
    select q.id, q.per_key into v_queue, v_per_key from pgjobq.queue q where q.name = p_queue;
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
    v_ids := array(select nextval('pgjobq.job_seq'::regclass) from generate_series(1, cardinality(p_keys)));
    for place, v_key in
        select k.place::integer, k.key from unnest(p_keys) with ordinality as k (key, place) order by k.key collate "C" nulls last, k.place
    loop
        v_holder := null;
        if v_key is not null then
            v_holder := pgjobq.take_key(v_queue, v_key, v_ids[place], p_until_started, v_free_at);
        end if;
        due_in_millis := case when v_waits then ceil(extract(epoch from v_run_at - clock_timestamp()) * 1000.0)::bigint end;
        v_line := ((hashtextextended(p_order_keys[place], 0) & 9223372036854775806) + 1);
        if v_holder is null then
            id := v_ids[place];
            fate := 'new';
            insert into pgjobq.job (id, seq, lane, priority, queue_id, awaited, type, payload, attributes, unique_key,
                expires_at, asks, key, line)
            values (id, case when v_waits then (extract(epoch from v_run_at + (place - 1) * interval '1 microsecond') * 1000000.0)::bigint else id end, case when v_waits then 11 else p_priority end, case when v_waits then p_priority end,
                v_queue, p_awaited, p_types[place], p_payloads[place], p_attributes, v_key, v_expires_at,
                case when v_expires_at is not null or v_key is not null and p_until_started then true end,
                p_order_keys[place], case when v_waits then -v_line else v_line end);
        else
            id := v_holder;
            fate := 'kept';
            if p_replace then
                update pgjobq.job j
                set type = p_types[place], payload = p_payloads[place], attributes = p_attributes, awaited = j.awaited or p_awaited,
                    priority = p_priority, seq = (extract(epoch from v_until) * 1000000.0)::bigint + place - 1, expires_at = v_expires_at,
                    key = p_order_keys[place], line = -v_line,
                    asks = case when v_expires_at is not null or exists (
                        select from pgjobq.job_key k
                        where k.queue_id = v_queue and k.key = v_key and k.until_started) then true end
                where j.id = v_holder and j.queue_id = v_queue and j.lane = 11;
                if found then
                    fate := 'replaced';
                    due_in_millis := coalesce(due_in_millis, 0);
                end if;
            end if;
        end if;
        if fate = 'replaced' and v_expires_at is null then
            delete from pgjobq.job_deadline d where d.job_id = v_holder;
        elsif fate <> 'kept' and v_expires_at is not null then
            insert into pgjobq.job_deadline as d (job_id, look_at)
            values (id, v_expires_at)
            on conflict (job_id) do update set look_at = excluded.look_at;
        end if;
        return next;
    end loop;
end
$$;

-- Forgets keys that nobody has any more, among p_limit of them from the given one on. Locks: those rows, skipping what somebody
-- else has locked. Their jobs are looked at by a statement of its own after that, since somebody may just have taken one.
-- Returns how many there were, and with which key to go on, null if that were all.
create or replace function pgjobq.sweep_keys(
    p_queue integer, p_key text, p_limit integer, out seen bigint, out next_queue integer, out next_key text)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_queues integer[];
    v_keys text[];
    v_free pgjobq.job_key;
begin
    select count(*), array_agg(s.queue_id) filter (where s.over), array_agg(s.key::text) filter (where s.over),
        max(s.queue_id) filter (where s.place = p_limit), max(s.key::text) filter (where s.place = p_limit)
    into seen, v_queues, v_keys, next_queue, next_key
    from (
        select k.queue_id, k.key, row_number() over () as place,
            coalesce(k.free_at < clock_timestamp(), true)
            and not exists (select from pgjobq.job j where j.id = k.job_id) as over
        from (
            select w.*
            from pgjobq.job_key w
            where (w.queue_id, w.key) > (p_queue, p_key)
            order by w.queue_id, w.key
            limit p_limit
        ) k
    ) s;
    if v_queues is null then
        return;
    end if;
    for v_free in
        select k.*
        from pgjobq.job_key k
        where (k.queue_id, k.key) in (select unnest(v_queues), unnest(v_keys))
        order by k.queue_id, k.key
        for update skip locked
    loop
        delete from pgjobq.job_key k
        where k.queue_id = v_free.queue_id and k.key = v_free.key and coalesce(k.free_at < clock_timestamp(), true)
            and not exists (select from pgjobq.job j where j.id = k.job_id);
    end loop;
end
$$;

-- Writes how far jobs are that a node holds, each named once. Locks: the claim rows, in id order and in shared mode as a settlement
-- does, so that no rescue takes a job away between the look and the commit; then rows of job_progress, in id order. Waits for a rescue
-- (short), never for a handler's transaction. Safe against fenced nodes: only jobs are written whose claim still exists and names
-- the seq with which they were claimed, by a statement whose snapshot is younger than the locks. The commit is asynchronous, so that the
-- locks are short: what a crash forgets is reported again. The time of a row never goes back, whatever the server's clock does,
-- so that it tells which of two reports is later.
-- Returns what was written, when, and whether somebody waits for the job.
create or replace function pgjobq.record_progress(
    p_ids bigint[], p_seqs bigint[], p_claims bigint[], p_done bigint[], p_total bigint[], p_messages text[])
returns table (id bigint, done bigint, total bigint, message text, written_at timestamptz, awaited boolean)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
    v_held bigint[];
begin
    perform set_config('synchronous_commit', 'off', true);
    with held as materialized (
        select c.id from pgjobq.claim c where c.id = any (p_claims) order by c.id for key share
    )
    select coalesce(array_agg(h.id), '{}') into v_held from held h;
    return query
    insert into pgjobq.job_progress as p (job_id, done, total, message, written_at)
    select r.id, r.done, r.total, r.message, clock_timestamp()
    from unnest(p_ids, p_seqs, p_claims, p_done, p_total, p_messages) as r (id, seq, claim, done, total, message)
        cross join lateral (
            select true as is_held
            from pgjobq.claim c
            where c.id = any (array[r.claim]) and r.claim = any (v_held) and r.seq = any (c.seqs)
            limit 1
        ) h cross join lateral (
            select true as is_there
            from pgjobq.job j
            where j.id = any (array[r.id]) and j.seq is not distinct from r.seq
            limit 1
        ) j
    order by r.id
    on conflict (job_id) do update
    set done = excluded.done, total = excluded.total, message = excluded.message,
        written_at = greatest(excluded.written_at, p.written_at + interval '1 microsecond')
    returning p.job_id, p.done, p.total, p.message, p.written_at,
        coalesce((select j.awaited from pgjobq.job j where j.id = any (array[p.job_id]) limit 1), false);
end
$$;

-- How far jobs are that have not ended and whose handlers have reported that. Locks nothing. A function for its settings: see start_job.
create or replace function pgjobq.find_progress(p_ids bigint[])
returns table (id bigint, done bigint, total bigint, message text, written_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
    return query
    select p.job_id, p.done, p.total, p.message, p.written_at
    from unnest(p_ids) as w (id) cross join lateral (
        select o.* from pgjobq.job_progress o where o.job_id = any (array[w.id]) limit 1
    ) p cross join lateral (
        select true as is_there from pgjobq.job j where j.id = any (array[w.id]) limit 1
    ) j;
end
$$;

-- Forgets the progress of jobs that are gone, among p_limit of them after the given one. Locks: those rows, skipping what somebody else
-- has locked. Whoever has written a row's latest version held the job then: so a job that a statement does not see has ended.
-- Returns how many rows there were, and after which job to go on, null if that were all.
create or replace function pgjobq.sweep_progress(p_after bigint, p_limit integer, out seen bigint, out next_job bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_gone bigint[];
begin
    select count(*), case when count(*) = p_limit then max(w.job_id) end, array_agg(w.job_id) filter (where w.gone)
    into seen, next_job, v_gone
    from (
        select p.job_id, not exists (select from pgjobq.job j where j.id = any (array[p.job_id])) as gone
        from (
            select o.job_id from pgjobq.job_progress o where o.job_id > p_after order by o.job_id limit p_limit
        ) p
    ) w;
    if v_gone is not null then
        delete from pgjobq.job_progress p
        where p.job_id = any (array(
            select o.job_id
            from pgjobq.job_progress o
            where o.job_id = any (v_gone) and not exists (select from pgjobq.job j where j.id = any (array[o.job_id]))
            order by o.job_id
            for update skip locked));
    end if;
end
$$;

-- What is known of a job, wherever it is: in line, waiting, held by a node, or in the history. Locks nothing. One snapshot for all of
-- that, so that a job which ends meanwhile is not missed. A function for its settings: see start_job.
create or replace function pgjobq.find_job(p_id bigint)
returns table (id bigint, queue text, type text, state text, priority smallint, attempts smallint, snoozes smallint,
    enqueued_at timestamptz, run_at timestamptz, started_at timestamptz, finished_at timestamptz, node text, attributes text, errors text,
    done bigint, total bigint, message text, written_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
    return query
    select f.id, q.name, f.type, f.state, f.priority, f.attempts, f.snoozes, f.enqueued_at, f.run_at, f.started_at, f.finished_at,
        f.node, f.attributes, f.errors, f.done, f.total, f.message, f.written_at
    from (
        (select j.id, j.queue_id, j.type::text as type,
            case
            when j.lane = 11 then case when j.attempt > 0 or j.snoozes > 0 then 'retrying' else 'scheduled' end
            when h.claim is not null then 'running'
            else 'ready'
        end as state,
            coalesce(j.priority, case when j.lane < 10 then j.lane else 5 end)::smallint as priority, j.attempt::smallint as attempts, coalesce(j.snoozes, 0::smallint) as snoozes,
            j.enqueued_at::timestamptz as enqueued_at, case when j.lane = 11 then timestamptz 'epoch' + j.seq * interval '1 microsecond' end as run_at,
            h.claimed_at as started_at, null::timestamptz as finished_at, h.node, j.attributes::text as attributes, j.errors::text as errors,
            p.done, p.total, p.message, p.written_at
        from pgjobq.job j left join lateral (
            select c.id as claim, c.claimed_at, (select n.name from pgjobq.node n where n.id = c.node_id) as node
            from pgjobq.claim c
            where c.queue_id = j.queue_id and c.lane = j.lane and c.max_seq >= j.seq and j.seq = any (c.seqs)
            limit 1
        ) h on true left join lateral (
            select o.done, o.total, o.message, o.written_at from pgjobq.job_progress o where o.job_id = any (array[j.id]) limit 1
        ) p on true
        where j.id = p_id)
        union all
        (select e.id, e.queue_id, e.type, e.state::text, e.priority, e.attempts, coalesce(e.snoozes, 0::smallint), e.enqueued_at,
            null, e.started_at, e.finished_at, (select n.name from pgjobq.node n where n.id = e.node_id), e.attributes::text, e.errors::text,
            null, null, null, null
        from pgjobq.finished_job e
        where e.id = p_id
        limit 1)
    ) f left join pgjobq.queue q on q.id = f.queue_id
    limit 1;
end
$$;

-- Ends a job that nobody holds, and says who holds it otherwise.
-- Locks: the job's row, so that it isn't put in line, and then the queue's advisory lock, as a claim does, so that the job can't be
-- taken meanwhile. Called as one autocommit statement, and for one job at a time. In this order, and without waiting for the row:
-- that of a job which is being replaced, or completed, is somebody's for as long as his transaction takes, and claims must not
-- wait for him.
-- Returns whether it has ended the job; if so, whether somebody waits for it; otherwise the node that holds it, or, if none does,
-- whether it is there, and its row is somebody's.
create or replace function pgjobq.end_unheld(
    p_id bigint, p_state pgjobq.job_state, p_type text, p_message text, out ended boolean, out awaited boolean, out holder integer,
    out busy boolean)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_queue integer;
    v_seq bigint;
    v_line bigint;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'ending a job needs read committed, not %', current_setting('transaction_isolation')
            using errcode = 'PJ002';
    end if;
    ended := false;
    awaited := false;
    busy := false;
    select j.queue_id, j.seq, j.line into v_queue, v_seq, v_line from pgjobq.job j where j.id = p_id for update skip locked;
    if v_queue is not null then
        perform pg_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, v_queue);
    end if;
    select h.node_id into holder
    from pgjobq.job j cross join lateral (
        select c.node_id
        from pgjobq.claim c
        where c.queue_id = j.queue_id and c.lane = j.lane and c.max_seq >= j.seq and j.seq = any (c.seqs)
        limit 1
    ) h
    where j.id = p_id;
    if holder is not null then
        return;
    end if;
    if v_queue is null then
        busy := exists (select from pgjobq.job j where j.id = p_id);
        return;
    end if;
    ended := true;
    select e.awaited is not null into end_unheld.awaited
    from pgjobq.end_jobs(
        p_state, clock_timestamp(), array[p_id], array[v_seq], array[p_id], null, null, null, array[p_type],
        array[p_message], array['']) e;
    if v_line > 0 then
        perform pgjobq.tell_of_lines(v_queue, array[v_line]);
    end if;
end
$$;

-- Ends a job whose deadline is over, as dead, if nobody holds it. One that is held, or is being replaced, is looked at again in five
-- seconds: its node ends its attempt. One that has got another deadline, or none, is left alone. Locks: see end_unheld. Returns
-- whether somebody waits for a job that it has ended.
-- The deadline's row is locked first, and without waiting: somebody who replaces the job has it for as long as his transaction takes.
create or replace function pgjobq.expire(p_id bigint) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    v_awaited boolean := false;
    v_later timestamptz;
begin
    perform from pgjobq.job_deadline d where d.job_id = p_id for update skip locked;
    if not found then
        return false;
    end if;
    select case when j.expires_at <= clock_timestamp() then null else j.expires_at end into v_later
    from pgjobq.job j
    where j.id = p_id and j.expires_at is not null;
    if found and v_later is null then
        select e.awaited, case when not e.ended then clock_timestamp() + interval '5 seconds' end
        into v_awaited, v_later
        from pgjobq.end_unheld(p_id, 'dead', 'expired', 'its deadline was over before it succeeded') e;
    end if;
    if v_later is null then
        delete from pgjobq.job_deadline d where d.job_id = p_id;
    else
        update pgjobq.job_deadline d set look_at = v_later where d.job_id = p_id;
    end if;
    return v_awaited;
end
$$;

-- Cancels a job. One that nobody holds is gone at once. For one that a node holds, the request is noted and the node told, which
-- interrupts it. A request for a job that is no longer there is forgotten. Waits for whoever is replacing the job, holding nothing that
-- anybody else needs. Locks: see end_unheld.
-- Returns what became of it, 'cancelled' or 'requested', null if there is no such job; and, if it is cancelled, whether somebody
-- waits for it.
create or replace function pgjobq.cancel(p_id bigint, p_reason text default null, out outcome text, out awaited boolean)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    v_ended boolean;
    v_holder integer;
    v_busy boolean;
begin
    loop
        select e.ended, e.awaited, e.holder, e.busy into v_ended, cancel.awaited, v_holder, v_busy
        from pgjobq.end_unheld(p_id, 'cancelled', 'cancelled', coalesce(left(p_reason, 1000), '')) e;
        exit when not v_busy;
        perform from pgjobq.job j where j.id = p_id for update;
    end loop;
    if v_holder is not null then
        insert into pgjobq.cancellation as c (job_id, node_id, reason)
        values (p_id, v_holder, left(p_reason, 1000))
        on conflict (job_id) do update set node_id = excluded.node_id;
        perform pg_notify('pgjobq_jobs', 'c' || v_holder);
        outcome := 'requested';
        return;
    end if;
    if v_ended then
        outcome := 'cancelled';
    end if;
    delete from pgjobq.cancellation c where c.job_id = p_id;
end
$$;

-- Cancels those of up to p_limit jobs of a lane, from p_from to p_until, that are asked for. Those
-- that nobody holds are gone at once; for the others requests are noted, and their nodes told.
-- Locks: the queue's advisory lock, as a claim does, so that no job can be taken meanwhile, but for those that wait, which no claim
-- takes, however many wait for one moment; and then the rows of jobs that
-- nobody holds, so that none is put in line; those that somebody has are left to the caller, since claims must not wait for him.
-- Therefore it is called as one autocommit statement. Walks along the index of the lane, so that a call costs no more where few
-- jobs match, or where there are many.
-- Returns how many were cancelled and for how many that was requested, the cancelled ones that somebody waits for, those whose rows
-- somebody has, and from where to go on, null if the lane is done.
create or replace function pgjobq.cancel_some(
    p_queue integer, p_lane smallint, p_from bigint, p_until bigint, p_type text, p_attributes jsonb, p_error text,
    p_sent_from timestamptz, p_sent_before timestamptz, p_reason text, p_limit integer,
    out cancelled bigint, out requested bigint, out awaited bigint[], out busy bigint[],
    out next_seq bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_seqs bigint[];
    v_held bigint[];
    v_nodes integer[];
    v_ids bigint[];
    v_free bigint[];
    v_free_seqs bigint[];
    v_reason text := left(p_reason, 1000);
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'cancel_some needs read committed, not %', current_setting('transaction_isolation')
            using errcode = 'PJ002';
    end if;
    if p_lane < 11 then
        perform pg_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, p_queue);
    end if;
    cancelled := 0;
    requested := 0;
    v_seqs := array(
        select j.seq::bigint
        from pgjobq.job j
        where j.queue_id = p_queue and j.lane = p_lane and j.seq >= p_from and j.seq <= p_until
        order by j.seq
        limit p_limit);
    if cardinality(v_seqs) = 0 then
        return;
    end if;
    if cardinality(v_seqs) = p_limit then
        next_seq := v_seqs[p_limit] + 1;
    end if;
    select coalesce(array_agg(s.seq), '{}'), coalesce(array_agg(c.node_id), '{}') into v_held, v_nodes
    from pgjobq.claim c cross join unnest(c.seqs) as s (seq)
    where c.queue_id = p_queue and c.lane = p_lane and c.max_seq >= v_seqs[1]
        and s.seq between v_seqs[1] and v_seqs[cardinality(v_seqs)];
    with asked as (
        insert into pgjobq.cancellation as x (job_id, node_id, reason)
        select o.id, h.node_id, v_reason
        from unnest(v_held, v_nodes) as h (seq, node_id) cross join lateral (
            select j.id
            from pgjobq.job j
            where j.queue_id = p_queue and j.lane = p_lane and j.seq = h.seq
                and (p_type is null or j.type = p_type or regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or j.attributes @> p_attributes)
                and (p_error is null or strpos(j.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(j.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or j.enqueued_at >= p_sent_from)
                and (p_sent_before is null or j.enqueued_at < p_sent_before)
            limit 1
        ) o
        order by o.id
        on conflict (job_id) do update set node_id = excluded.node_id
        returning x.node_id
    ), told as materialized (
        select pg_notify('pgjobq_jobs', 'c' || n.node_id) from (select distinct a.node_id from asked a) n
    )
    select (select count(*) from asked) into requested from (select count(*) from told) t;
    v_ids := array(
        select j.id
        from pgjobq.job j
        where j.queue_id = p_queue and j.lane = p_lane and j.seq between v_seqs[1] and v_seqs[cardinality(v_seqs)]
            and (j.seq in (select unnest(v_seqs))) is true and (j.seq in (select unnest(v_held))) is not true
            and (p_type is null or j.type = p_type or regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or j.attributes @> p_attributes)
                and (p_error is null or strpos(j.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(j.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or j.enqueued_at >= p_sent_from)
                and (p_sent_before is null or j.enqueued_at < p_sent_before)
        order by j.id);
    -- One that was put in line meanwhile is left to the caller, too.
    with locked as materialized (
        select j.id, j.seq::bigint, j.lane from pgjobq.job j where j.id = any (v_ids) order by j.id for update skip locked
    )
    select coalesce(array_agg(f.id order by f.id), '{}'), array_agg(f.seq order by f.id) into v_free, v_free_seqs
    from locked f
    where f.lane = p_lane;
    busy := array(select i.id from unnest(v_ids) as i (id) where (i.id in (select unnest(v_free))) is not true);
    if cardinality(v_free) > 0 then
        perform pgjobq.tell_of_lines(p_queue, array(
            select j.line from pgjobq.job j where j.id = any (v_free)));
        select cardinality(e.ended), e.awaited into cancelled, cancel_some.awaited
        from pgjobq.end_jobs(
            'cancelled', clock_timestamp(), v_free, v_free_seqs, v_free, null, null, null,
            array_fill('cancelled'::text, array[cardinality(v_free)]),
            array_fill(coalesce(v_reason, ''), array[cardinality(v_free)]),
            array_fill(''::text, array[cardinality(v_free)])) e;
    end if;
end
$$;

-- Finds unfinished jobs that are asked for, a page: queue by queue in the order of their numbers, in each the lanes one after the
-- other, in each lane by place; or all of that the other way round. Locks nothing. Looks at p_look rows of the hot table at most,
-- however few of them are asked for, but for the case below, and goes on at a place: of a queue, a lane, a seq and the id before it.
-- Where running jobs alone are asked for, they are looked up by the claims, which may name some that are gone.
-- In a lane of the line a seq is there once. Jobs that wait may have the same one: those are sorted by their ids, and walked over along
-- the primary key where they are more than may be looked at: then twice as many rows are read.
-- Returns a row for each job with its place, and then one without a job: the place after which to go on. No such row: those were all.
create or replace function pgjobq.list_unfinished(
    p_queue integer, p_states text[], p_type text, p_attributes jsonb, p_error text, p_sent_from timestamptz,
    p_sent_before timestamptz, p_newest boolean, p_page integer, p_look integer,
    p_at_queue integer, p_at_lane integer, p_at_seq bigint, p_at_id bigint)
returns table (id bigint, at_queue integer, at_lane integer, at_seq bigint, at_id bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
as $$
#variable_conflict use_column
declare
    v_step integer := case when p_newest then -1 else 1 end;
    -- Before everything that may come.
    v_start bigint := case when p_newest then 9223372036854775807 else -9223372036854775807 end;
    v_lowest integer := case when p_states && '{ready,running}' then 0 else 11 end;
    v_highest integer := case when p_states && '{scheduled,retrying}' then 11 else 10 end;
    v_left integer := p_look;
    v_chunk integer := 2 * p_page + 10;
    v_look integer;
    v_wanted integer := p_page;
    v_queue integer;
    v_lane integer;
    v_seq bigint;
    v_after bigint;
    v_held bigint[];
    v_ids bigint[];
    v_seqs bigint[];
    v_fits boolean[];
    v_last bigint;
    v_moment boolean;
begin
    for v_queue in
        select q.id
        from pgjobq.queue q
        where q.deleted_xid is null and (p_queue is null or q.id = p_queue)
            and (p_at_queue is null or q.id * v_step >= p_at_queue * v_step)
        order by q.id * v_step
    loop
        v_lane := case when p_newest then v_highest else v_lowest end;
        v_seq := v_start;
        v_after := v_start;
        if v_queue = p_at_queue then
            v_lane := p_at_lane;
            v_seq := p_at_seq;
            v_after := p_at_id;
        end if;
        while v_lane between v_lowest and v_highest loop
            v_held := case when v_lane < 11 then array(
                select unnest(c.seqs) from pgjobq.claim c where c.queue_id = v_queue and c.lane = v_lane) else '{}' end;
            -- Of those that wait all that may be looked at, since many may wait for one moment.
            v_look := case when v_lane < 11 then least(v_chunk, v_left) else v_left end;
            if p_states = '{running}' then
                select coalesce(array_agg(coalesce(w.id, 0)), '{}'), array_agg(w.seq), array_agg(w.fits) into v_ids, v_seqs, v_fits
                from (
                    select h.id, s.seq, h.fits
                    from (
                        select u.seq
                        from unnest(v_held) as u (seq)
                        where u.seq * v_step >= v_seq * v_step
                        order by u.seq * v_step
                        limit v_look + 1
                    ) s left join lateral (
                        select j.id, ((p_type is null or j.type = p_type or regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or j.attributes @> p_attributes)
                and (p_error is null or strpos(j.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(j.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or j.enqueued_at >= p_sent_from)
                and (p_sent_before is null or j.enqueued_at < p_sent_before)) is true as fits
                        from pgjobq.job j
                        where j.queue_id = v_queue and j.lane = v_lane and j.seq = s.seq
                        limit 1
                    ) h on true
                ) w;
            elsif p_newest then
                select coalesce(array_agg(w.id), '{}'), array_agg(w.seq), array_agg(w.fits) into v_ids, v_seqs, v_fits
                from (
                    select j.id, j.seq::bigint as seq, ((p_type is null or j.type = p_type or regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or j.attributes @> p_attributes)
                and (p_error is null or strpos(j.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(j.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or j.enqueued_at >= p_sent_from)
                and (p_sent_before is null or j.enqueued_at < p_sent_before) and case
            when j.lane = 11 then case when j.attempt > 0 or j.snoozes > 0 then 'retrying' else 'scheduled' end
            when j.held then 'running'
            else 'ready'
        end = any (p_states)) is true as fits
                    from (
                        select o.*, o.seq in (select unnest(v_held)) as held
                        from pgjobq.job o
                        where o.queue_id = v_queue and o.lane = v_lane and o.seq <= v_seq
                        order by o.seq desc
                        limit v_look + 1
                    ) j
                ) w;
            else
                select coalesce(array_agg(w.id), '{}'), array_agg(w.seq), array_agg(w.fits) into v_ids, v_seqs, v_fits
                from (
                    select j.id, j.seq::bigint as seq, ((p_type is null or j.type = p_type or regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or j.attributes @> p_attributes)
                and (p_error is null or strpos(j.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(j.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or j.enqueued_at >= p_sent_from)
                and (p_sent_before is null or j.enqueued_at < p_sent_before) and case
            when j.lane = 11 then case when j.attempt > 0 or j.snoozes > 0 then 'retrying' else 'scheduled' end
            when j.held then 'running'
            else 'ready'
        end = any (p_states)) is true as fits
                    from (
                        select o.*, o.seq in (select unnest(v_held)) as held
                        from pgjobq.job o
                        where o.queue_id = v_queue and o.lane = v_lane and o.seq >= v_seq
                        order by o.seq asc
                        limit v_look + 1
                    ) j
                ) w;
            end if;
            v_last := null;
            v_moment := cardinality(v_ids) > v_look and v_seqs[1] = v_seqs[v_look + 1];
            if v_moment then
                if v_seqs[1] <> v_seq then
                    v_seq := v_seqs[1];
                    v_after := v_start;
                end if;
                if p_newest then
                    select coalesce(array_agg(w.id), '{}'), array_agg(w.fits) into v_ids, v_fits
                    from (
                        select j.id, (j.queue_id = v_queue and j.lane = v_lane and j.seq = v_seqs[1]
                            and (p_type is null or j.type = p_type or regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or j.attributes @> p_attributes)
                and (p_error is null or strpos(j.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(j.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or j.enqueued_at >= p_sent_from)
                and (p_sent_before is null or j.enqueued_at < p_sent_before) and case
            when j.lane = 11 then case when j.attempt > 0 or j.snoozes > 0 then 'retrying' else 'scheduled' end
            when false then 'running'
            else 'ready'
        end = any (p_states)) is true as fits
                        from (
                            select o.* from pgjobq.job o where o.id < v_after order by o.id desc limit v_left
                        ) j
                    ) w;
                else
                    select coalesce(array_agg(w.id), '{}'), array_agg(w.fits) into v_ids, v_fits
                    from (
                        select j.id, (j.queue_id = v_queue and j.lane = v_lane and j.seq = v_seqs[1]
                            and (p_type is null or j.type = p_type or regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or j.attributes @> p_attributes)
                and (p_error is null or strpos(j.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(j.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or j.enqueued_at >= p_sent_from)
                and (p_sent_before is null or j.enqueued_at < p_sent_before) and case
            when j.lane = 11 then case when j.attempt > 0 or j.snoozes > 0 then 'retrying' else 'scheduled' end
            when false then 'running'
            else 'ready'
        end = any (p_states)) is true as fits
                        from (
                            select o.* from pgjobq.job o where o.id > v_after order by o.id asc limit v_left
                        ) j
                    ) w;
                end if;
                v_seqs := array_fill(v_seq, array[cardinality(v_ids)]);
            elsif cardinality(v_ids) > v_look then
                -- There may be more with the last seq.
                v_last := v_seqs[v_look + 1];
            end if;
            for id, at_seq in
                select x.id, x.seq
                from unnest(v_ids, v_seqs, v_fits) as x (id, seq, fits)
                where x.fits and x.seq is distinct from v_last
                    and (x.seq <> v_seq or x.id * v_step > v_after * v_step)
                order by x.seq * v_step, x.id * v_step
                limit v_wanted
            loop
                at_queue := v_queue;
                at_lane := v_lane;
                at_id := id;
                v_wanted := v_wanted - 1;
                return next;
            end loop;
            if v_wanted = 0 then
                id := null;
                return next;
                return;
            end if;
            if v_last is not null then
                v_seq := v_last;
                v_after := v_start;
                v_left := v_left - v_look;
                v_chunk := 4 * v_chunk;
            elsif v_moment and cardinality(v_ids) = v_left then
                v_after := v_ids[v_left];
                v_left := 0;
            else
                v_lane := case when v_moment then v_lane else v_lane + v_step end;
                v_seq := case when v_moment then v_seq + v_step else v_start end;
                v_after := v_start;
                v_left := v_left - greatest(1, cardinality(v_ids));
            end if;
            if v_left <= 0 then
                id := null;
                at_queue := v_queue;
                at_lane := v_lane;
                at_seq := v_seq;
                at_id := v_after;
                return next;
                return;
            end if;
        end loop;
    end loop;
end
$$;

-- Finds dead jobs that are asked for, a page: queue by queue in the order of their numbers, in each by the time of death; or all of that
-- the other way round. Locks nothing. Along the index of dead jobs; looks at p_look of them at most, however few of them are asked for,
-- and goes on at a place: of a queue, a time in microseconds since 1970 and the id that had it.
-- Returns a row for each job with its place, and then one without a job: the place after which to go on. No such row: those were all.
create or replace function pgjobq.list_dead(
    p_queue integer, p_type text, p_attributes jsonb, p_error text, p_sent_from timestamptz, p_sent_before timestamptz,
    p_died_from timestamptz, p_died_before timestamptz, p_newest boolean, p_page integer, p_look integer,
    p_at_queue integer, p_at bigint, p_at_id bigint)
returns table (id bigint, at_queue integer, at_micros bigint, at_id bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
as $$
#variable_conflict use_column
declare
    v_step integer := case when p_newest then -1 else 1 end;
    v_left integer := p_look;
    v_chunk integer;
    v_wanted integer := p_page;
    v_before timestamptz := coalesce(p_died_before, 'infinity');
    v_from timestamptz;
    v_to timestamptz;
    v_queue integer;
    v_time timestamptz;
    v_after bigint;
    v_ids bigint[];
    v_times timestamptz[];
    v_fits boolean[];
begin
    for v_queue in
        select q.id
        from pgjobq.queue q
        where q.deleted_xid is null and (p_queue is null or q.id = p_queue)
            and (p_at_queue is null or q.id * v_step >= p_at_queue * v_step)
        order by q.id * v_step
    loop
        v_time := case when p_newest then timestamptz 'infinity' else timestamptz '-infinity' end;
        v_after := 0;
        if v_queue = p_at_queue then
            v_time := timestamptz 'epoch' + p_at * interval '1 microsecond';
            v_after := p_at_id;
        end if;
        v_from := coalesce(p_died_from, '-infinity');
        v_to := 'infinity';
        v_chunk := 2 * p_page + 10;
        loop
            v_chunk := least(v_chunk, v_left);
            if p_newest then
                v_to := v_time;
                select coalesce(array_agg(w.id), '{}'), array_agg(w.finished_at), array_agg(w.fits) into v_ids, v_times, v_fits
            from (
                select f.id, f.finished_at, ((p_type is null or f.type = p_type or regexp_replace(f.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or f.attributes @> p_attributes)
                and (p_error is null or strpos(f.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(f.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or f.enqueued_at >= p_sent_from)
                and (p_sent_before is null or f.enqueued_at < p_sent_before)) is true as fits
                from (
                    select d.*
                    from pgjobq.finished_job d
                    where d.queue_id = v_queue and d.state = 'dead' and d.finished_at >= v_from and d.finished_at <= v_to
                        and d.finished_at < v_before and (d.finished_at, d.id) < (v_time, v_after)
                    order by d.finished_at desc, d.id desc
                    limit v_chunk
                ) f
            ) w;
            else
                v_from := greatest(v_from, v_time);
                select coalesce(array_agg(w.id), '{}'), array_agg(w.finished_at), array_agg(w.fits) into v_ids, v_times, v_fits
            from (
                select f.id, f.finished_at, ((p_type is null or f.type = p_type or regexp_replace(f.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or f.attributes @> p_attributes)
                and (p_error is null or strpos(f.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(f.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or f.enqueued_at >= p_sent_from)
                and (p_sent_before is null or f.enqueued_at < p_sent_before)) is true as fits
                from (
                    select d.*
                    from pgjobq.finished_job d
                    where d.queue_id = v_queue and d.state = 'dead' and d.finished_at >= v_from and d.finished_at <= v_to
                        and d.finished_at < v_before and (d.finished_at, d.id) > (v_time, v_after)
                    order by d.finished_at asc, d.id asc
                    limit v_chunk
                ) f
            ) w;
            end if;
            for id, v_time in
                select x.id, x.time
                from unnest(v_ids, v_times, v_fits) with ordinality as x (id, time, fits, place)
                where x.fits
                order by x.place
                limit v_wanted
            loop
                at_queue := v_queue;
                at_micros := (extract(epoch from v_time) * 1000000.0)::bigint;
                at_id := id;
                v_wanted := v_wanted - 1;
                return next;
            end loop;
            if v_wanted > 0 and cardinality(v_ids) = v_left then
                at_queue := v_queue;
                at_micros := (extract(epoch from v_times[v_left]) * 1000000.0)::bigint;
                at_id := v_ids[v_left];
            end if;
            if v_wanted = 0 or cardinality(v_ids) = v_left then
                id := null;
                return next;
                return;
            end if;
            exit when cardinality(v_ids) < v_chunk;
            v_time := v_times[v_chunk];
            v_after := v_ids[v_chunk];
            v_left := v_left - v_chunk;
            v_chunk := 4 * v_chunk;
        end loop;
        -- A look at a queue without any costs something, too.
        v_left := greatest(1, v_left - greatest(1, cardinality(v_ids)));
    end loop;
end
$$;

-- Finds jobs that are asked for, be they over or not, a page, by their ids, which is about the order in which they were sent. Locks
-- nothing. Along the primary keys of both tables, in one snapshot: a job that ends between two pages is on one of them, and once. Looks
-- at p_look rows at most, however few of them are asked for, and at no more than fill the page by a few times; at none of the hot table where unfinished jobs are not asked for.
-- Returns a row for each job, and then one without a job: the id after which to go on. No such row: those were all.
create or replace function pgjobq.list_by_id(
    p_queue integer, p_states text[], p_type text, p_attributes jsonb, p_error text, p_sent_from timestamptz,
    p_sent_before timestamptz, p_ended_from timestamptz, p_ended_before timestamptz, p_newest boolean, p_page integer,
    p_look integer, p_at_id bigint)
returns table (id bigint, at_id bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
as $$
#variable_conflict use_column
declare
    v_after bigint := coalesce(p_at_id, case when p_newest then 9223372036854775807 else -9223372036854775808 end);
    v_unfinished boolean := p_states && '{scheduled,retrying,ready,running}' and p_ended_from is null and p_ended_before is null;
    v_wanted integer := p_page;
    v_left integer := p_look;
    v_chunk integer := 2 * p_page + 10;
    v_ids bigint[];
    v_fits boolean[];
begin
    loop
        v_chunk := least(v_chunk, v_left);
        if p_newest then
            select coalesce(array_agg(w.id), '{}'), array_agg(w.fits) into v_ids, v_fits
        from (
            select u.id, u.fits
            from (
                (select j.id, ((p_queue is null or j.queue_id = p_queue) and (p_type is null or j.type = p_type or regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or j.attributes @> p_attributes)
                and (p_error is null or strpos(j.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(j.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or j.enqueued_at >= p_sent_from)
                and (p_sent_before is null or j.enqueued_at < p_sent_before)
                    and case
            when j.lane = 11 then case when j.attempt > 0 or j.snoozes > 0 then 'retrying' else 'scheduled' end
            when j.held then 'running'
            else 'ready'
        end = any (p_states)) is true as fits
                from (
                    select o.*, o.seq in (select unnest(c.seqs) from pgjobq.claim c) as held
                    from pgjobq.job o
                    where o.id < v_after and v_unfinished
                    order by o.id desc
                    limit v_chunk
                ) j)
                union all
                (select f.id, ((p_queue is null or f.queue_id = p_queue) and (p_type is null or f.type = p_type or regexp_replace(f.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or f.attributes @> p_attributes)
                and (p_error is null or strpos(f.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(f.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or f.enqueued_at >= p_sent_from)
                and (p_sent_before is null or f.enqueued_at < p_sent_before) and f.state::text = any (p_states)
                    and (p_ended_from is null or f.finished_at >= p_ended_from)
                    and (p_ended_before is null or f.finished_at < p_ended_before)) is true as fits
                from (
                    select o.*
                    from pgjobq.finished_job o
                    where o.id < v_after
                    order by o.id desc
                    limit v_chunk
                ) f)
            ) u
            order by u.id desc
            limit v_chunk
        ) w;
        else
            select coalesce(array_agg(w.id), '{}'), array_agg(w.fits) into v_ids, v_fits
        from (
            select u.id, u.fits
            from (
                (select j.id, ((p_queue is null or j.queue_id = p_queue) and (p_type is null or j.type = p_type or regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or j.attributes @> p_attributes)
                and (p_error is null or strpos(j.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(j.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or j.enqueued_at >= p_sent_from)
                and (p_sent_before is null or j.enqueued_at < p_sent_before)
                    and case
            when j.lane = 11 then case when j.attempt > 0 or j.snoozes > 0 then 'retrying' else 'scheduled' end
            when j.held then 'running'
            else 'ready'
        end = any (p_states)) is true as fits
                from (
                    select o.*, o.seq in (select unnest(c.seqs) from pgjobq.claim c) as held
                    from pgjobq.job o
                    where o.id > v_after and v_unfinished
                    order by o.id asc
                    limit v_chunk
                ) j)
                union all
                (select f.id, ((p_queue is null or f.queue_id = p_queue) and (p_type is null or f.type = p_type or regexp_replace(f.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or f.attributes @> p_attributes)
                and (p_error is null or strpos(f.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(f.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or f.enqueued_at >= p_sent_from)
                and (p_sent_before is null or f.enqueued_at < p_sent_before) and f.state::text = any (p_states)
                    and (p_ended_from is null or f.finished_at >= p_ended_from)
                    and (p_ended_before is null or f.finished_at < p_ended_before)) is true as fits
                from (
                    select o.*
                    from pgjobq.finished_job o
                    where o.id > v_after
                    order by o.id asc
                    limit v_chunk
                ) f)
            ) u
            order by u.id asc
            limit v_chunk
        ) w;
        end if;
        for id in
            select x.id
            from unnest(v_ids, v_fits) with ordinality as x (id, fits, place)
            where x.fits
            order by x.place
            limit v_wanted
        loop
            at_id := id;
            v_wanted := v_wanted - 1;
            return next;
        end loop;
        exit when v_wanted = 0;
        -- Those were all.
        if cardinality(v_ids) < v_chunk then
            return;
        end if;
        at_id := v_ids[v_chunk];
        v_after := at_id;
        v_left := v_left - v_chunk;
        exit when v_left = 0;
        v_chunk := 4 * v_chunk;
    end loop;
    id := null;
    return next;
end
$$;

-- Makes those of the given dead jobs ready again that are dead still and were so before p_until, with their old ids and all their
-- attempts, in the given order; with another type and payload, where those are given.
-- Where p_every is given they wait, one for each so many microseconds after p_until, p_done of which are taken already: so the rate
-- outlives whoever asks for it. Their times are whole tenths of a second, so that many a second are not put in line one by one.
-- Locks: the rows of the dead jobs; one that another redrive has is skipped. Then the keys, see take_key, in their order, so that no two
-- who do so wait for each other. A job whose key another one has stays dead, and so do all but one of those here that have the same.
-- What their last lives have left in job_progress is forgotten.
-- The state is compared as text, so that the primary key is walked along, and not the index of all dead jobs.
-- Returns for each lane the first seq, how many jobs there are, and in what time the first is due if they wait.
create or replace function pgjobq.revive(
    p_ids bigint[], p_until timestamptz, p_type text, p_payload bytea, p_done bigint, p_every bigint)
returns table (queue_id integer, lane smallint, seq bigint, jobs bigint, due_in_millis bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
    v_now timestamptz := clock_timestamp();
    v_from bigint := case when p_every is not null then (extract(epoch from p_until) * 1000000.0)::bigint end;
    v_ids bigint[];
    v_days date[];
    v_queues integer[];
    v_keys text[];
    v_free bigint[];
    v_unique record;
begin
    select array_agg(d.id order by d.place), array_agg(d.drop_on order by d.place), array_agg(d.queue_id order by d.place),
        array_agg(d.unique_key order by d.place)
    into v_ids, v_days, v_queues, v_keys
    from (
        select f.id, f.drop_on, f.queue_id, f.unique_key, c.place
        from unnest(p_ids) with ordinality as c (id, place) cross join lateral (
            select e.id, e.drop_on, e.queue_id, e.unique_key
            from pgjobq.finished_job e
            where e.id = c.id and e.state::text = 'dead' and e.finished_at < p_until and e.payload is not null and exists (
                select from pgjobq.queue q where q.id = e.queue_id and q.deleted_xid is null)
            for update of e skip locked
        ) f
    ) d;
    v_free := array(select k.place from unnest(v_keys) with ordinality as k (key, place) where k.key is null);
    for v_unique in
        select distinct on (k.queue_id, k.key) k.queue_id, k.key, k.id, k.place
        from unnest(v_queues, v_keys collate "C", v_ids) with ordinality as k (queue_id, key, id, place)
        where k.key is not null
        order by k.queue_id, k.key, k.place
    loop
        if coalesce(pgjobq.take_key(v_unique.queue_id, v_unique.key, v_unique.id, false, null), v_unique.id) = v_unique.id then
            v_free := v_free || v_unique.place;
        end if;
    end loop;
    return query
    with chosen as materialized (
        select v_ids[v.place] as id, v_days[v.place] as day, v.place from unnest(v_free) as v (place)
    ), taken as (
        delete from pgjobq.finished_job f using chosen c
        where f.id = any (array[c.id]) and f.drop_on = c.day
        returning f.*, c.place
    ), forgotten as (
        delete from pgjobq.job_progress p where p.job_id = any (array(select c.id from chosen c))
    ), sorted as materialized (
        select t.*, v_from + (p_done + row_number() over (order by t.place) - 1) * p_every / 100000 * 100000 as due
        from taken t
        order by t.place
    ), revived as (
        insert into pgjobq.job (id, seq, enqueued_at, ready_at, queue_id, lane, priority, type, payload, attributes, errors,
            unique_key, key, line)
        select s.id, coalesce(s.due, nextval('pgjobq.job_seq')), s.enqueued_at, case when s.due is null then v_now end, s.queue_id,
            case when s.due is null then s.priority else 11 end, case when s.due is not null then s.priority end,
            coalesce(p_type, s.type), coalesce(p_payload, s.payload), s.attributes, s.errors, s.unique_key,
            s.key, case when s.due is null then ((hashtextextended(s.key, 0) & 9223372036854775806) + 1) else -((hashtextextended(s.key, 0) & 9223372036854775806) + 1) end
        from sorted s
        returning *
    )
    select r.queue_id, r.lane::smallint, min(r.seq), count(*),
        case when r.lane = 11
            then greatest(0, ceil((min(r.seq) - (extract(epoch from clock_timestamp()) * 1000000.0)::bigint) / 1000.0))::bigint end
    from revived r
    group by r.queue_id, r.lane;
end
$$;

-- Moves a job that nobody holds: to queue p_to, or, if that is null, within its queue; and as a job of type p_new_type, if that is not
-- null. In line, it joins the end of the same lane there, as if it were sent now; if it waits, it keeps its time. Its key moves with
-- it, unless another job has that there.
-- Locks, in this order: the rows of its key in both queues, as senders do (see take_key), for which it waits; its row, so that nobody
-- replaces the job meanwhile, and whoever would do so afterwards finds it gone from his queue; and then, without waiting for anybody but claims, the queue's advisory lock, as a claim does, so that the job
-- can't be taken (see end_unheld). Called as one autocommit statement.
-- Returns what became of it: 'moved', and the queue, the lane and the seq that it has now; 'held' if a node has it; 'key taken'; 'no
-- queue' if there is none of that name; 'changed' if somebody else has moved it at this moment, and the call is to be repeated; null
-- if there is no such job.
create or replace function pgjobq.move(
    p_id bigint, p_to text, p_new_type text default null, out outcome text, out to_queue integer, out to_lane smallint,
    out to_seq bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_was record;
    v_is record;
    v_key pgjobq.job_key;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'move needs read committed, not %', current_setting('transaction_isolation')
            using errcode = 'PJ002';
    end if;
    select j.queue_id, j.unique_key, j.line into v_was from pgjobq.job j where j.id = p_id;
    if not found then
        return;
    end if;
    select q.id into to_queue
    from pgjobq.queue q
    where q.deleted_xid is null and case when p_to is null then q.id = v_was.queue_id else q.name = p_to end;
    if to_queue is null then
        outcome := 'no queue';
        return;
    end if;
    if v_was.unique_key is not null and to_queue <> v_was.queue_id then
        -- In one order, whatever the direction.
        perform
        from pgjobq.job_key k
        where k.queue_id = any (array[v_was.queue_id, to_queue]) and k.key = v_was.unique_key
        order by k.queue_id
        for update;
        select k.* into v_key
        from pgjobq.job_key k
        where k.queue_id = v_was.queue_id and k.key = v_was.unique_key and k.job_id = p_id
        for update;
        if found and pgjobq.take_key(to_queue, v_key.key, p_id, v_key.until_started, v_key.free_at) is not null then
            outcome := 'key taken';
            return;
        end if;
    end if;
    loop
        select j.queue_id, j.unique_key, j.lane, j.seq into v_is from pgjobq.job j where j.id = p_id for update skip locked;
        if found then
            perform pg_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, v_is.queue_id);
        end if;
        outcome := (
            select 'held'
            from pgjobq.job j cross join lateral (
                select c.id
                from pgjobq.claim c
                where c.queue_id = j.queue_id and c.lane = j.lane and c.max_seq >= j.seq and j.seq = any (c.seqs)
                limit 1
            ) h
            where j.id = p_id);
        exit when outcome is not null or v_is.lane is not null;
        exit when not exists (select from pgjobq.job j where j.id = p_id);
        perform from pgjobq.job j where j.id = p_id for update;
    end loop;
    if outcome is null and v_is.lane is not null then
        if v_is.queue_id <> v_was.queue_id or v_is.unique_key is distinct from v_was.unique_key then
            outcome := 'changed';
        else
            update pgjobq.job j
            set queue_id = move.to_queue, key = case when j.key is not null and exists (select from pgjobq.queue q where q.id = move.to_queue and q.per_key is not null) then j.key end,
                line = case when j.key is not null and exists (select from pgjobq.queue q where q.id = move.to_queue and q.per_key is not null) then j.line end, type = coalesce(p_new_type, j.type),
                seq = case when j.lane < 11 then nextval('pgjobq.job_seq') else j.seq end,
                ready_at = case when j.lane < 11 then clock_timestamp() else j.ready_at end
            where j.id = p_id
            returning 'moved', j.lane, j.seq into outcome, to_lane, to_seq;
            if v_was.line > 0 then
                perform pgjobq.tell_of_lines(v_was.queue_id, array[v_was.line]);
            end if;
            delete from pgjobq.job_key k where k.queue_id = v_key.queue_id and k.key = v_key.key and k.job_id = p_id;
            return;
        end if;
    end if;
    -- It stays, and so does its key.
    delete from pgjobq.job_key k where k.queue_id = move.to_queue and k.key = v_key.key and k.job_id = p_id;
end
$$;

-- Moves those of up to p_limit jobs of a lane, from p_from to p_until, that are asked for: to
-- queue p_to, or, if that is null, within their queue; and as jobs of type p_new_type, if that is not null. Those in line join the
-- end of the same lane there, as they would if they were sent now; those that wait keep their time.
-- Locks: the queue's advisory lock, as a claim does, so that no job can be taken meanwhile, but for those that wait, which no claim
-- takes, however many wait for one moment; and then the rows of jobs that nobody
-- holds. Those that somebody has, or that have a key, are left to the caller, since claims must not wait for him; see move.
-- Therefore it is called as one autocommit statement. Walks along the index of the lane.
-- Returns the queue that they are in, null if there is none of that name; how many were moved, the lowest seq that they have now, null
-- if none is in line; how many are held and stay; those left to the caller; and from where to go on, null if the lane is done.
create or replace function pgjobq.move_some(
    p_queue integer, p_lane smallint, p_from bigint, p_until bigint, p_type text, p_attributes jsonb, p_error text,
    p_sent_from timestamptz, p_sent_before timestamptz, p_to text, p_new_type text, p_limit integer,
    out to_queue integer, out moved bigint, out first_seq bigint, out held bigint, out busy bigint[], out next_seq bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_seqs bigint[];
    v_held bigint[];
    v_ids bigint[];
    v_free bigint[];
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'move_some needs read committed, not %', current_setting('transaction_isolation')
            using errcode = 'PJ002';
    end if;
    select q.id into to_queue
    from pgjobq.queue q
    where q.deleted_xid is null and case when p_to is null then q.id = p_queue else q.name = p_to end;
    if to_queue is null then
        return;
    end if;
    if p_lane < 11 then
        perform pg_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, p_queue);
    end if;
    moved := 0;
    held := 0;
    v_seqs := array(
        select j.seq::bigint
        from pgjobq.job j
        where j.queue_id = p_queue and j.lane = p_lane and j.seq >= p_from and j.seq <= p_until
        order by j.seq
        limit p_limit);
    if cardinality(v_seqs) = 0 then
        return;
    end if;
    if cardinality(v_seqs) = p_limit then
        next_seq := v_seqs[p_limit] + 1;
    end if;
    v_held := array(
        select s.seq
        from pgjobq.claim c cross join unnest(c.seqs) as s (seq)
        where c.queue_id = p_queue and c.lane = p_lane and c.max_seq >= v_seqs[1]
            and s.seq between v_seqs[1] and v_seqs[cardinality(v_seqs)]);
    select count(*) into held
    from unnest(v_held) as h (seq) cross join lateral (
        select j.id
        from pgjobq.job j
        where j.queue_id = p_queue and j.lane = p_lane and j.seq = h.seq
            and (p_type is null or j.type = p_type or regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or j.attributes @> p_attributes)
                and (p_error is null or strpos(j.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(j.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or j.enqueued_at >= p_sent_from)
                and (p_sent_before is null or j.enqueued_at < p_sent_before)
        limit 1
    ) o;
    v_ids := array(
        select j.id
        from pgjobq.job j
        where j.queue_id = p_queue and j.lane = p_lane and j.seq between v_seqs[1] and v_seqs[cardinality(v_seqs)]
            and (j.seq in (select unnest(v_seqs))) is true and (j.seq in (select unnest(v_held))) is not true
            and (p_type is null or j.type = p_type or regexp_replace(j.type, '@([2-9]|[1-9][0-9]{1,2})$', '') = p_type) and (p_attributes is null or j.attributes @> p_attributes)
                and (p_error is null or strpos(j.errors -> -1 ->> 'type', p_error) > 0
                    or strpos(j.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or j.enqueued_at >= p_sent_from)
                and (p_sent_before is null or j.enqueued_at < p_sent_before)
        order by j.id);
    -- One that was put in line meanwhile is left to the caller, too.
    v_free := array(
        with locked as materialized (
            select j.id, j.seq, j.lane
            from pgjobq.job j
            where j.id = any (v_ids) and j.unique_key is null
            order by j.id
            for update skip locked
        )
        select l.id from locked l where l.lane = p_lane order by l.seq, l.id);
    busy := array(select i.id from unnest(v_ids) as i (id) where (i.id in (select unnest(v_free))) is not true);
    perform pgjobq.tell_of_lines(p_queue, array(
        select j.line from pgjobq.job j where j.id = any (v_free)));
    with numbered as materialized (
        select n.id, case when p_lane < 11 then nextval('pgjobq.job_seq') end as seq
        from unnest(v_free) as n (id)
    ), changed as (
        update pgjobq.job j
        set queue_id = to_queue, key = case when j.key is not null and exists (select from pgjobq.queue q where q.id = to_queue and q.per_key is not null) then j.key end,
                line = case when j.key is not null and exists (select from pgjobq.queue q where q.id = to_queue and q.per_key is not null) then j.line end, type = coalesce(p_new_type, j.type), seq = coalesce(n.seq, j.seq),
            ready_at = case when n.seq is null then j.ready_at else clock_timestamp() end
        from numbered n
        where j.id = any (array[n.id])
        returning n.seq
    )
    select count(*), min(c.seq) into moved, first_seq from changed c;
end
$$;

-- Makes a dead job ready again; with another type and payload, where those are given. Locks and safety: see revive.
create or replace function pgjobq.redrive(p_id bigint, p_type text, p_payload bytea)
returns table (queue_id integer, lane smallint, seq bigint, jobs bigint, due_in_millis bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return query select r.* from pgjobq.revive(array[p_id], 'infinity', p_type, p_payload, 0, null) r;
end
$$;

-- Makes those of up to p_look dead jobs of a queue ready again that are asked for, oldest death first, from a place on; at a rate where
-- p_every is given. Locks and safety: see revive; for how they are found, and what a place is, see list_dead.
-- Takes those only that were dead at p_until, now if it is null. Whoever goes on after a place passes on that of the first call, or
-- would go on for ever where jobs die again as fast.
-- Returns the rows of revive, and then one without a queue: which moment that was, and the place after which to go on, null if those
-- were all.
create or replace function pgjobq.redrive_some(
    p_queue integer, p_type text, p_attributes jsonb, p_error text, p_sent_from timestamptz, p_sent_before timestamptz,
    p_died_from timestamptz, p_died_before timestamptz, p_look integer, p_at bigint, p_at_id bigint, p_until timestamptz,
    p_done bigint, p_every bigint)
returns table (queue_id integer, lane smallint, seq bigint, jobs bigint, due_in_millis bigint, until timestamptz, next_at bigint,
    next_id bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_until timestamptz := coalesce(p_until, clock_timestamp());
    v_ids bigint[];
    v_at bigint;
    v_id bigint;
begin
    select array_agg(l.id order by l.at_micros, l.id) filter (where l.id is not null),
        max(l.at_micros) filter (where l.id is null), max(l.at_id) filter (where l.id is null)
    into v_ids, v_at, v_id
    from pgjobq.list_dead(
        p_queue, p_type, p_attributes, p_error, p_sent_from, p_sent_before, p_died_from, least(p_died_before, v_until), false,
        p_look, p_look, case when p_at is not null then p_queue end, p_at, p_at_id) l;
    return query
    select r.*, null::timestamptz, null::bigint, null::bigint
    from pgjobq.revive(v_ids, v_until, null, null, p_done, p_every) r;
    return query
    select null::integer, null::smallint, null::bigint, null::bigint, null::bigint, v_until, v_at, v_id;
end
$$;

-- Creates the partitions that will be needed in the next three days. Locks: an advisory lock, so that one node does it at a
-- time, and the history table in a mode that lets others read and write (a partition is made beside it and then attached). Runs with
-- the rights of the schema's owner, since only that may make partitions: it takes no argument, and builds names of dates.
-- Ahead by hours, since a day of the session's time zone may have 25 of them and step over a day.
create or replace function pgjobq.maintain_history() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_day date;
    v_name text;
begin
    perform pg_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, -2);
    for v_day in
        select distinct pgjobq.drop_on(clock_timestamp() + d.ahead * interval '24 hours', k.keep)
        from (
            select q.keep_succeeded as keep from pgjobq.queue q
            union select q.keep_dead from pgjobq.queue q
            union values (interval '0'), (interval '1 day'), (interval '30 days')
        ) k cross join generate_series(0, 3) as d (ahead)
    loop
        v_name := 'finished_job_' || to_char(v_day, 'YYYYMMDD');
        if to_regclass('pgjobq.' || v_name) is null then
            execute format('create table pgjobq.%I (like pgjobq.finished_job including all)', v_name);
            execute format('alter table pgjobq.%I add constraint %I check (drop_on = %L)', v_name, v_name || '_day', v_day);
            execute format('alter table pgjobq.finished_job attach partition pgjobq.%I for values in (%L)',
                v_name, v_day);
        end if;
    end loop;
end
$$;

-- Drops one partition whose day has come; call again until it returns null. Locks: an advisory lock, so that one node does
-- it at a time, and the history table exclusively, but only if it gets it within 100 milliseconds: a long reader makes the
-- drop wait for a later call instead of making everybody wait for the drop. Returns the partition's name.
-- Runs with the rights of the schema's owner, since only that may drop partitions: it takes no argument, and drops only
-- partitions of the history whose day has come.
create or replace function pgjobq.drop_history() returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '100ms'
as $$
declare
    v_name text;
begin
    if not pg_try_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, -2) then
        return null;
    end if;
    select c.relname into v_name
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'pgjobq.finished_job'::regclass
        and case when c.relname ~ '^finished_job_[0-9]{8}$' then to_date(right(c.relname, 8), 'YYYYMMDD') end <= (clock_timestamp() at time zone 'UTC')::date
    order by c.relname
    limit 1;
    if v_name is not null then
        execute format('drop table pgjobq.%I', v_name);
    end if;
    return v_name;
exception when lock_not_available then
    return null;
end
$$;

-- The version of the schema. Locks nothing.
create or replace function pgjobq.version() returns integer
language sql immutable
return 1;

-- Takes from everybody the right to call the functions, which PostgreSQL gives by itself: some run with the rights of the
-- schema's owner. Who may call which, docs/roles.sql says. Locks nothing that anybody waits for.
revoke execute on all functions in schema pgjobq from public;
