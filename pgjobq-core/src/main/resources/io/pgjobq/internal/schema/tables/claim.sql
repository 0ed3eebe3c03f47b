-- What nodes have taken: one row a batch. The id is the fencing token, and is never used twice, even if a crash of the server,
-- or a restore, forgets the claim. The node chooses it: its number (26 bits) and a counter (37 bits), which starts anywhere, as
-- numbers come back with a restore. Everyone locks in id order.
-- A domain's, since a table's own constraint is parsed anew by each insert.
create domain ${schema}.claim_seqs as bigint[] constraint claim_seqs check (array_position(value, null) is null);

-- A claim that reached its limit says that from from_seq to max_seq nothing else was free, of the types with this hash (null: of
-- any), when it was looked at: by this claim or by one before it on which it relied, the earliest in transaction since_xid.
-- Claims on a queue are made one after the other, so that the number tells which of two was later.
create table ${schema}.claim (
    id bigint not null,
    node_id integer not null,
    queue_id integer not null,
    lane smallint not null,
    max_seq bigint not null,
    seqs ${schema}.claim_seqs not null,
    from_seq bigint,
    since_xid xid8,
    types_hash bigint,
    claimed_at timestamptz not null default clock_timestamp(),
    constraint claim_pkey primary key (id)
);

-- About a thousand seqs fit into a row as they are: to compress them would cost a fifth of a claim.
alter table ${schema}.claim alter column seqs set storage main;

alter table ${schema}.claim set (toast_tuple_target = 8160);

create index claim_lane on ${schema}.claim (queue_id, lane, max_seq);

-- Vacuumed after a thousand claims. With 200 jobs each and 2,000 jobs/s the table stays below 3 MB.
alter table ${schema}.claim set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
