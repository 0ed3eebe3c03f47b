-- Records failed attempts: the job waits for its back-off, or, where the delay is null, is moved to the dead jobs. Locks and
-- safety as in settle_succeeded. Returns a row for each settled job.
create or replace function ${schema}.settle_failed(
    p_ids bigint[], p_seqs bigint[], p_claims bigint[], p_micros bigint[], p_types text[], p_messages text[],
    p_stacks text[], p_delays bigint[], p_held bigint[])
returns table (id bigint, dead boolean, awaited boolean, at timestamptz)
language plpgsql
${row_by_row}
as $$
declare
    v_held bigint[];
    v_seqs bigint[];
    v_dying bigint[];
    v_dying_seqs bigint[];
    v_at timestamptz := clock_timestamp();
begin
    with held as materialized (
        select c.id, c.seqs from ${schema}.claim c where c.id = any (p_held) order by c.id for key share
    )
    select array_agg(h.id), array_agg(h.seq) into v_held, v_seqs
    from (select l.id, unnest(l.seqs) as seq from held l) h;
    select array_agg(s.id), array_agg(s.seq) into v_dying, v_dying_seqs
    from unnest(p_ids, p_seqs, p_claims, p_delays) as s (id, seq, claim, delay)
    where s.delay is null and ((s.seq, s.claim) in (select unnest(v_seqs), unnest(v_held))) is true;
    return query
    with failed as materialized (
        select s.*
        from unnest(p_ids, p_seqs, p_claims, p_types, p_messages, p_stacks, p_delays)
            as s (id, seq, claim, type, message, stack, delay)
        where s.delay is not null and ((s.seq, s.claim) in (select unnest(v_seqs), unnest(v_held))) is true
    ), retried as (
        update ${schema}.job j
        set attempt = j.attempt + 1, lane = ${waiting_lane}, priority = ${own_priority},
            seq = ${place_of(v_at + f.delay * interval '1 millisecond')},
            errors = ${schema}.append_error(j.errors, j.attempt + 1, v_at, f.type, f.message, f.stack)
        from failed f
        where j.id = any (array[f.id]) and j.seq is not distinct from f.seq
        returning j.id
    )
    select r.id, false, false, v_at from retried r;
    if v_dying is not null then
        return query
        select d.id, true, (d.id = any (e.awaited)) is true, v_at
        from ${schema}.end_jobs(
            'dead', v_at, v_dying, v_dying_seqs, p_ids, p_claims, p_micros, null, p_types, p_messages, p_stacks) e
            cross join unnest(e.ended) as d (id);
    end if;
end
$$;
