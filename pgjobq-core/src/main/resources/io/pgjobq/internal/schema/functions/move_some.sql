-- Moves those of up to p_limit jobs of a lane, from p_from to p_until, that are asked for: to
-- queue p_to, or, if that is null, within their queue; and as jobs of type p_new_type, if that is not null. Those in line join the
-- end of the same lane there, as they would if they were sent now; those that wait keep their time.
-- Locks: the queue's advisory lock, as a claim does, so that no job can be taken meanwhile, but for those that wait, which no claim
-- takes, however many wait for one moment; and then the rows of jobs that nobody
-- holds. Those that somebody has, or that have a key, are left to the caller, since claims must not wait for him; see move.
-- Therefore it is called as one autocommit statement. Walks along the index of the lane.
-- Returns the queue that they are in, null if there is none of that name; how many were moved, the lowest seq that they have now, null
-- if none is in line; how many are held and stay; those left to the caller; and from where to go on, null if the lane is done.
create or replace function ${schema}.move_some(
    p_queue integer, p_lane smallint, p_from bigint, p_until bigint, p_type text, p_attributes jsonb, p_error text,
    p_sent_from timestamptz, p_sent_before timestamptz, p_to text, p_new_type text, p_limit integer,
    out to_queue integer, out moved bigint, out first_seq bigint, out held bigint, out busy bigint[], out next_seq bigint)
language plpgsql
${row_by_row}
as $$
declare
    v_seqs bigint[];
    v_held bigint[];
    v_ids bigint[];
    v_free bigint[];
begin
    ${read_committed_alone(move_some)};
    select q.id into to_queue
    from ${schema}.queue q
    where q.deleted_xid is null and case when p_to is null then q.id = p_queue else q.name = p_to end;
    if to_queue is null then
        return;
    end if;
    if p_lane < ${waiting_lane} then
        perform pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, p_queue);
    end if;
    moved := 0;
    held := 0;
    ${some_of_lane};
    v_held := array(
        select s.seq
        from ${schema}.claim c cross join unnest(c.seqs) as s (seq)
        where c.queue_id = p_queue and c.lane = p_lane and c.max_seq >= v_seqs[1]
            and s.seq between v_seqs[1] and v_seqs[cardinality(v_seqs)]);
    select count(*) into held
    from unnest(v_held) as h (seq) cross join lateral (
        select j.id
        from ${schema}.job j
        where j.queue_id = p_queue and j.lane = p_lane and j.seq = h.seq
            and ${meant(j)}
        limit 1
    ) o;
    v_ids := ${meant_and_free};
    -- One that was put in line meanwhile is left to the caller, too.
    v_free := array(
        with locked as materialized (
            select j.id, j.seq, j.lane
            from ${schema}.job j
            where j.id = any (v_ids) and j.unique_key is null
            order by j.id
            for update skip locked
        )
        select l.id from locked l where l.lane = p_lane order by l.seq, l.id);
    busy := array(select i.id from unnest(v_ids) as i (id) where (i.id in (select unnest(v_free))) is not true);
    perform ${schema}.tell_of_lines(p_queue, array(
        select j.line from ${schema}.job j where j.id = any (v_free)));
    with numbered as materialized (
        select n.id, case when p_lane < ${waiting_lane} then nextval('${schema}.job_seq') end as seq
        from unnest(v_free) as n (id)
    ), changed as (
        update ${schema}.job j
        set queue_id = to_queue, ${line_elsewhere(to_queue)}, type = coalesce(p_new_type, j.type), seq = coalesce(n.seq, j.seq),
            ready_at = case when n.seq is null then j.ready_at else clock_timestamp() end
        from numbered n
        where j.id = any (array[n.id])
        returning n.seq
    )
    select count(*), min(c.seq) into moved, first_seq from changed c;
end
$$;
