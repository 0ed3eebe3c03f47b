-- Keys of unique jobs. A key is taken as long as the row says so and its job is there: until that has started, until it has
-- ended, or until free_at, whatever became of the job. Nothing is done here when a job ends: its own row is what tells. So a
-- key is never left taken by what is over; rows that tell nothing any more are swept away.
-- Whoever takes over a key locks the row first and looks at its job then, by a later statement.
create table ${schema}.job_key (
    queue_id integer not null,
    key varchar(500) not null,
    job_id bigint not null,
    until_started boolean not null default false,
    free_at timestamptz,
    constraint job_key_pkey primary key (queue_id, key)
);
