-- How far jobs are, by what their handlers report: the latest only, written at most once a second and a job. A job that reports
-- nothing has no row, and nothing looks for one when a job ends: rows whose jobs are gone are swept away. So a row may be left for
-- a while; who looks at progress looks at the job, too.
create table ${schema}.job_progress (
    job_id bigint not null,
    done bigint not null,
    total bigint not null,
    message text,
    written_at timestamptz not null,
    constraint job_progress_pkey primary key (job_id)
);

-- Each row is written anew every second: beside the old one, as long as there is room, so that the index is not touched. Swept rows
-- and replaced ones are cleared away as they come.
alter table ${schema}.job_progress set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000,
    autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0);
