-- What the application itself records, apart from pgjobq, so that one can be held against the other.
create schema books;

-- Written in the transaction that sends the job, so it has a row for each committed job.
create table books.sent (job_id bigint primary key, queue text not null, sent_at timestamptz not null default clock_timestamp());

-- Written by handlers at once, on their own: one row for each start, and one for each return.
create table books.started (job_id bigint not null, attempt integer not null, worker text not null,
    started_at timestamptz not null default clock_timestamp());
create index on books.started (job_id);
create table books.returned (job_id bigint not null, attempt integer not null, worker text not null,
    returned_at timestamptz not null default clock_timestamp());

-- Written by handlers that were interrupted, as soon as they notice.
create table books.interrupted (job_id bigint not null, attempt integer not null, worker text not null,
    interrupted_at timestamptz not null default clock_timestamp());

-- Written in the transaction of a @Transactional handler: the business effect, which no constraint keeps from doubling.
create table books.effect (job_id bigint not null, attempt integer not null, worker text not null,
    effected_at timestamptz not null default clock_timestamp());

-- What was done to which worker, null for all of them; a second start of a job must lie after one of these.
create table books.incident (worker text, what text not null, began_at timestamptz not null, ended_at timestamptz not null);
