-- Records failed attempts: the job waits for its back-off, or, where the delay is null, is moved to the dead jobs. Locks and
-- safety as in settle_succeeded. Returns a row for each settled job.
create or replace function ${schema}.settle_failed(
    p_ids bigint[], p_seqs bigint[], p_claims bigint[], p_micros bigint[], p_types text[], p_messages text[],
    p_stacks text[], p_delays bigint[], p_held bigint[])
returns table (id bigint, dead boolean, awaited boolean, at timestamptz)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    v_held bigint[];
    v_seqs bigint[];
    v_at timestamptz := clock_timestamp();
begin
    with held as materialized (
        select c.id, c.seqs from ${schema}.claim c where c.id = any (p_held) order by c.id for key share
    )
    select array_agg(h.id), array_agg(h.seq) into v_held, v_seqs
    from (select l.id, unnest(l.seqs) as seq from held l) h;
    return query
    with failed as materialized (
        select s.*
        from unnest(p_ids, p_seqs, p_claims, p_micros, p_types, p_messages, p_stacks, p_delays)
            as s (id, seq, claim, micros, type, message, stack, delay)
        where ((s.seq, s.claim) in (select unnest(v_seqs), unnest(v_held))) is true
    ), retried as (
        update ${schema}.job j
        set attempt = j.attempt + 1, seq = nextval('${schema}.job_seq'::regclass),
            run_at = v_at + f.delay * interval '1 millisecond',
            errors = ${schema}.append_error(j.errors, j.attempt + 1, v_at, f.type, f.message, f.stack)
        from failed f
        where j.id = any (array[f.id]) and j.seq is not distinct from f.seq and f.delay is not null
        returning j.id
    ), died as (
        delete from ${schema}.job j
        using failed f
        where j.id = any (array[f.id]) and j.seq is not distinct from f.seq and f.delay is null
        returning j.*, f.claim, f.micros,
            ${schema}.append_error(j.errors, j.attempt + 1, v_at, f.type, f.message, f.stack) as all_errors
    ), kept as (
        insert into ${schema}.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at, ready_at,
            started_at, finished_at, node_id, type, payload, attributes, errors)
        select d.id, d.queue_id, d.priority, d.attempt + 1, 'dead', ${schema}.drop_on(v_at, q.keep_dead), d.enqueued_at,
            d.ready_at, v_at - d.micros * interval '1 microsecond', v_at, d.claim >> 37, d.type, d.payload, d.attributes, d.all_errors
        from died d join ${schema}.queue q on q.id = d.queue_id
        where d.awaited or q.keep_dead > interval '0'
    )
    select r.id, false, false, v_at from retried r
    union all
    select d.id, true, d.awaited, v_at from died d;
end
$$;
