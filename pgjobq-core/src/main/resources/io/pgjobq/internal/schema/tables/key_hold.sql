-- Which jobs with a key are held, and by which claim: so that a claim finds those of one key without reading all claims. It says no more than
-- that; whether it is true is what the claim and the job say: a row that nobody has deleted holds nothing up.
-- wanted says that others of the key could not be taken while this one is held: whoever ends it sees to it that somebody looks.
-- Made under the queue's lock, as claims are. One that is true no more may be deleted without it.
create table ${schema}.key_hold (
    queue_id integer not null,
    line bigint not null,
    id bigint not null,
    seq bigint not null,
    claim_id bigint not null,
    wanted boolean not null default false,
    constraint key_hold_pkey primary key (queue_id, line, id)
);

alter table ${schema}.key_hold set (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000,
    autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0);
