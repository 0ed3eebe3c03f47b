-- Cancels those of up to p_limit jobs of a lane, from p_from to p_until, that are asked for. Those
-- that nobody holds are gone at once; for the others requests are noted, and their nodes told.
-- Locks: the queue's advisory lock, as a claim does, so that no job can be taken meanwhile, but for those that wait, which no claim
-- takes, however many wait for one moment; and then the rows of jobs that
-- nobody holds, so that none is put in line; those that somebody has are left to the caller, since claims must not wait for him.
-- Therefore it is called as one autocommit statement. Walks along the index of the lane, so that a call costs no more where few
-- jobs match, or where there are many.
-- Returns how many were cancelled and for how many that was requested, the cancelled ones that somebody waits for, those whose rows
-- somebody has, and from where to go on, null if the lane is done.
create or replace function ${schema}.cancel_some(
    p_queue integer, p_lane smallint, p_from bigint, p_until bigint, p_type text, p_attributes jsonb, p_error text,
    p_sent_from timestamptz, p_sent_before timestamptz, p_reason text, p_limit integer,
    out cancelled bigint, out requested bigint, out awaited bigint[], out busy bigint[],
    out next_seq bigint)
language plpgsql
${row_by_row}
as $$
declare
    v_seqs bigint[];
    v_held bigint[];
    v_nodes integer[];
    v_ids bigint[];
    v_free bigint[];
    v_free_seqs bigint[];
    v_reason text := left(p_reason, 1000);
begin
    ${read_committed_alone(cancel_some)};
    if p_lane < ${waiting_lane} then
        perform pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, p_queue);
    end if;
    cancelled := 0;
    requested := 0;
    ${some_of_lane};
    select coalesce(array_agg(s.seq), '{}'), coalesce(array_agg(c.node_id), '{}') into v_held, v_nodes
    from ${schema}.claim c cross join unnest(c.seqs) as s (seq)
    where c.queue_id = p_queue and c.lane = p_lane and c.max_seq >= v_seqs[1]
        and s.seq between v_seqs[1] and v_seqs[cardinality(v_seqs)];
    with asked as (
        insert into ${schema}.cancellation as x (job_id, node_id, reason)
        select o.id, h.node_id, v_reason
        from unnest(v_held, v_nodes) as h (seq, node_id) cross join lateral (
            select j.id
            from ${schema}.job j
            where j.queue_id = p_queue and j.lane = p_lane and j.seq = h.seq
                and ${meant(j)}
            limit 1
        ) o
        order by o.id
        on conflict (job_id) do update set node_id = excluded.node_id
        returning x.node_id
    ), told as materialized (
        select pg_notify('${schema}_jobs', 'c' || n.node_id) from (select distinct a.node_id from asked a) n
    )
    select (select count(*) from asked) into requested from (select count(*) from told) t;
    v_ids := ${meant_and_free};
    -- One that was put in line meanwhile is left to the caller, too.
    with locked as materialized (
        select j.id, j.seq::bigint, j.lane from ${schema}.job j where j.id = any (v_ids) order by j.id for update skip locked
    )
    select coalesce(array_agg(f.id order by f.id), '{}'), array_agg(f.seq order by f.id) into v_free, v_free_seqs
    from locked f
    where f.lane = p_lane;
    busy := array(select i.id from unnest(v_ids) as i (id) where (i.id in (select unnest(v_free))) is not true);
    if cardinality(v_free) > 0 then
        perform ${schema}.tell_of_lines(p_queue, array(
            select j.line from ${schema}.job j where j.id = any (v_free)));
        select cardinality(e.ended), e.awaited into cancelled, cancel_some.awaited
        from ${schema}.end_jobs(
            'cancelled', clock_timestamp(), v_free, v_free_seqs, v_free, null, null, null,
            array_fill('cancelled'::text, array[cardinality(v_free)]),
            array_fill(coalesce(v_reason, ''), array[cardinality(v_free)]),
            array_fill(''::text, array[cardinality(v_free)])) e;
    end if;
end
$$;
