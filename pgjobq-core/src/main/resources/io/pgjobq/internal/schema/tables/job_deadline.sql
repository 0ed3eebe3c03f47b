-- When to look at jobs that have a deadline: an index of the jobs' own table would cost each sender. The job's expires_at is what
-- counts; look_at is that, or later if a node held the job then. A row goes with its job.
create table ${schema}.job_deadline (
    job_id bigint not null,
    look_at timestamptz not null,
    constraint job_deadline_pkey primary key (job_id)
);

create index job_deadline_look on ${schema}.job_deadline (look_at);
