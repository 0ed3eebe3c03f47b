-- Deadlines of jobs that have one, so that they are found when they are over: an index of the jobs' own table would cost each
-- sender. A row goes with its job; look_at is the deadline, or later if a node held the job then.
create table ${schema}.job_deadline (
    job_id bigint not null,
    look_at timestamptz not null,
    constraint job_deadline_pkey primary key (job_id)
);

create index job_deadline_look on ${schema}.job_deadline (look_at);
