-- Jobs that are to be cancelled although a node holds them: asked for by anybody, and obeyed by that node. Empty but for the moments
-- between such a request and its job's end. A request that its job has outrun is found by the node that was to obey it.
create table ${schema}.cancellation (
    job_id bigint not null,
    node_id integer not null,
    reason varchar(1000),
    requested_at timestamptz not null default clock_timestamp(),
    constraint cancellation_pkey primary key (job_id)
);
