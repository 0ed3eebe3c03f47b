-- Jobs that ended, as long as somebody wants to know of them. Partitioned by the day on which they may be forgotten, which
-- follows from the queue's retention: old history goes by dropping a partition, whatever retention each queue has.
-- ready_at is that of the last attempt, null if the job was ready when it was sent, or was cancelled before it was ready.
-- Partitions keep the server's settings for autovacuum: they are only added to, so that each new row is visited once, for an
-- additional byte of WAL a job.
create type ${schema}.job_state as enum ('succeeded', 'dead', 'cancelled');

create table ${schema}.finished_job (
    id bigint not null,
    queue_id integer not null,
    priority smallint not null,
    attempts smallint not null,
    snoozes smallint,
    state ${schema}.job_state not null,
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

create index finished_job_dead on ${schema}.finished_job (queue_id, finished_at) where state = 'dead';
