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
create domain ${schema}.job_moment as timestamptz constraint job_moment check (isfinite(value));

create domain ${schema}.job_place as bigint constraint job_place check (value between 1 and 4611686018427387903);

create domain ${schema}.job_lane as smallint constraint job_lane check (value between 0 and 11);

create domain ${schema}.job_priority as smallint constraint job_priority check (value between 0 and 9);

create domain ${schema}.job_attempt as smallint constraint job_attempt check (value between 0 and 100);

create domain ${schema}.job_payload as bytea constraint job_payload check (octet_length(value) <= 67108864);

create domain ${schema}.job_attributes as jsonb constraint job_attributes check (
    jsonb_typeof(value) = 'object' and pg_column_size(value) <= 65536
    and not jsonb_path_exists(value, 'strict $.* ? (@.type() != "string")', silent => true));

create domain ${schema}.job_errors as jsonb constraint job_errors check (jsonb_typeof(value) = 'array');

create sequence ${schema}.job_seq;

create table ${schema}.job (
    id bigint not null,
    seq ${schema}.job_place not null,
    enqueued_at ${schema}.job_moment not null default clock_timestamp(),
    ready_at ${schema}.job_moment,
    queue_id integer not null,
    lane ${schema}.job_lane not null default 5,
    priority ${schema}.job_priority,
    attempt ${schema}.job_attempt not null default 0,
    rescues smallint,
    snoozes smallint,
    awaited boolean not null default false,
    type varchar(200) not null default '',
    payload ${schema}.job_payload not null,
    attributes ${schema}.job_attributes,
    errors ${schema}.job_errors,
    unique_key varchar(500),
    expires_at timestamptz,
    asks boolean,
    key varchar(500),
    line bigint,
    constraint job_pkey primary key (id)
);

create index job_lane on ${schema}.job (queue_id, lane, seq);

create index job_line on ${schema}.job (queue_id, line, id) where line is not null;

-- Vacuumed at each round of autovacuum in which a few thousand jobs ended, be the table empty or hold millions, and without
-- a pause. What is left between two rounds is what bounds the table: at 2,000 jobs/s, payloads of 140 bytes and the server's
-- autovacuum_naptime of a minute it stays at 30 MB, and its indexes at 13 MB, since their emptied pages are used again. A
-- vacuum takes 20 to 200 ms. Truncation stays on: it gives back what a burst took, and gives way to whoever waits for its
-- lock. With it or without it senders waited alike, in the worst case and in that of one in a thousand. No fill factor:
-- jobs are hardly ever updated.
alter table ${schema}.job set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000,
    autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0);
