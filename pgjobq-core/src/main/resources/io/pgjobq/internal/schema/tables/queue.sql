-- Queues, with the settings that must be the same on every node. Read by each send and claim, written by people.
-- A deleted queue loses its name at once, and its row when no transaction can still be sending to it: none that is older
-- than deleted_xid, and after a day none that saw the queue before and had no id of its own yet.
create table ${schema}.queue (
    id integer generated always as identity primary key,
    name text not null unique check (name ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$' or deleted_xid is not null),
    paused boolean not null default false,
    max_attempts smallint not null default 10 check (max_attempts between 1 and 100),
    keep_succeeded interval not null default '1 day' check (keep_succeeded between '0' and '100 years'),
    keep_dead interval not null default '30 days' check (keep_dead between '0' and '100 years'),
    created_at timestamptz not null default clock_timestamp(),
    deleted_xid xid8,
    deleted_at timestamptz
);
