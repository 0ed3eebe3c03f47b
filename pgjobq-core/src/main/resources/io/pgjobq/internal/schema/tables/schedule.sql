-- What sends a job again and again. next_at is the next time for which it sends one, null for never; due_at is when to look at it:
-- mostly then, later while it has to wait, null while it is paused. Whoever finds it due works out in his process what is to be sent and
-- what comes next, and says from which version and next_at he started: so each time is dealt with once, by whom ever, and nobody
-- holds anything meanwhile. last_at and last_job are the last time for which a job was sent, and that job.
-- by_code: the application declares it, and changes it by its next start. Else people do.
create table ${schema}.schedule (
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
    priority ${schema}.job_priority not null,
    type varchar(200) not null,
    payload ${schema}.job_payload not null,
    attributes ${schema}.job_attributes,
    paused boolean not null default false,
    next_at timestamptz,
    due_at timestamptz,
    last_at timestamptz,
    last_job bigint,
    constraint schedule_pkey primary key (name),
    constraint schedule_recurs check ((cron is null) <> (every is null))
);

create index schedule_due on ${schema}.schedule (due_at);

-- Which nodes declare which schedules: one that none of them declares any more sends nothing.
create table ${schema}.schedule_node (
    node_id integer not null,
    name varchar(200) not null,
    constraint schedule_node_pkey primary key (name, node_id)
);
