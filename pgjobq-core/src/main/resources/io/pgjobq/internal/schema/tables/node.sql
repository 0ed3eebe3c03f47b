-- Running application instances. A node whose row is gone is fenced: it can take nothing, and its claims are rescued. Numbers
-- come back when a database is restored, or a standby is promoted that lacks the last commits; the token does not: a node
-- draws it at random for each registration, and whoever comes with another one than the row has is fenced.
-- fillfactor leaves room for the heartbeat's updates on the same page: all of them are, and ten nodes stay in 32 kB.
create table ${schema}.node (
    id integer generated always as identity (maxvalue 67108863) primary key,
    token bigint not null,
    name text not null,
    started_at timestamptz not null default clock_timestamp(),
    heartbeat_at timestamptz not null default clock_timestamp(),
    heartbeat_every interval not null,
    silence_allowed interval not null,
    session_lock boolean not null default false
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
