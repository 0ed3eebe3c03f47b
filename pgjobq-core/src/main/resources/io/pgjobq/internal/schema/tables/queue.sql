-- Queues, with the settings that must be the same on every node. Read by each send and claim, written by people.
-- A deleted queue loses its name at once, and its row when no transaction can still be sending to it: none that is older
-- than deleted_xid, and after a day none that saw the queue before and had no id of its own yet.
-- Limits of the whole fleet, null for none: most_running is how many jobs may be held at once; rate_starts how many may be taken in
-- any time of rate_micros, and rate_burst how many of those at once; per_key how
-- many with one key may be held at once, and key_order whether in the order in which they were sent, where that is one. A queue that had
-- per_key once always has it, so that it is known which jobs with keys are held. declared_limits is what an application said last that declares
-- any: as long as that stays, what people have set since does, too.
create table ${schema}.queue (
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
create table ${schema}.queue_rate (
    queue_id integer not null,
    slices bigint[] not null,
    starts integer[] not null,
    paced_at bigint not null,
    constraint queue_rate_pkey primary key (queue_id)
);

-- Each row is written anew by each claim, on the same page.
alter table ${schema}.queue_rate set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0);
