-- Makes those of the given dead jobs ready again that are dead still and were so before p_until, with their old ids and all their
-- attempts, in the given order; with another type and payload, where those are given.
-- Where p_every is given they wait, one for each so many microseconds after p_until, p_done of which are taken already: so the rate
-- outlives whoever asks for it. Their times are whole tenths of a second, so that many a second are not put in line one by one.
-- Locks: the rows of the dead jobs; one that another redrive has is skipped. Then the keys, see take_key, in their order, so that no two
-- who do so wait for each other. A job whose key another one has stays dead, and so do all but one of those here that have the same.
-- What their last lives have left in job_progress is forgotten.
-- The state is compared as text, so that the primary key is walked along, and not the index of all dead jobs.
-- Returns for each lane the first seq, how many jobs there are, and in what time the first is due if they wait.
create or replace function ${schema}.revive(
    p_ids bigint[], p_until timestamptz, p_type text, p_payload bytea, p_done bigint, p_every bigint)
returns table (queue_id integer, lane smallint, seq bigint, jobs bigint, due_in_millis bigint)
language plpgsql
${row_by_row}
as $$
#variable_conflict use_column
declare
    v_now timestamptz := clock_timestamp();
    v_from bigint := case when p_every is not null then ${place_of(p_until)} end;
    v_ids bigint[];
    v_days date[];
    v_queues integer[];
    v_keys text[];
    v_free bigint[];
    v_unique record;
begin
    select array_agg(d.id order by d.place), array_agg(d.drop_on order by d.place), array_agg(d.queue_id order by d.place),
        array_agg(d.unique_key order by d.place)
    into v_ids, v_days, v_queues, v_keys
    from (
        select f.id, f.drop_on, f.queue_id, f.unique_key, c.place
        from unnest(p_ids) with ordinality as c (id, place) cross join lateral (
            select e.id, e.drop_on, e.queue_id, e.unique_key
            from ${schema}.finished_job e
            where e.id = c.id and e.state::text = 'dead' and e.finished_at < p_until and e.payload is not null and exists (
                select from ${schema}.queue q where q.id = e.queue_id and q.deleted_xid is null)
            for update of e skip locked
        ) f
    ) d;
    v_free := array(select k.place from unnest(v_keys) with ordinality as k (key, place) where k.key is null);
    for v_unique in
        select distinct on (k.queue_id, k.key) k.queue_id, k.key, k.id, k.place
        from unnest(v_queues, v_keys collate "C", v_ids) with ordinality as k (queue_id, key, id, place)
        where k.key is not null
        order by k.queue_id, k.key, k.place
    loop
        if coalesce(${schema}.take_key(v_unique.queue_id, v_unique.key, v_unique.id, false, null), v_unique.id) = v_unique.id then
            v_free := v_free || v_unique.place;
        end if;
    end loop;
    return query
    with chosen as materialized (
        select v_ids[v.place] as id, v_days[v.place] as day, v.place from unnest(v_free) as v (place)
    ), taken as (
        delete from ${schema}.finished_job f using chosen c
        where f.id = any (array[c.id]) and f.drop_on = c.day
        returning f.*, c.place
    ), forgotten as (
        delete from ${schema}.job_progress p where p.job_id = any (array(select c.id from chosen c))
    ), sorted as materialized (
        select t.*, v_from + (p_done + row_number() over (order by t.place) - 1) * p_every / 100000 * 100000 as due
        from taken t
        order by t.place
    ), revived as (
        insert into ${schema}.job (id, seq, enqueued_at, ready_at, queue_id, lane, priority, type, payload, attributes, errors,
            unique_key, key, line)
        select s.id, coalesce(s.due, nextval('${schema}.job_seq')), s.enqueued_at, case when s.due is null then v_now end, s.queue_id,
            case when s.due is null then s.priority else ${waiting_lane} end, case when s.due is not null then s.priority end,
            coalesce(p_type, s.type), coalesce(p_payload, s.payload), s.attributes, s.errors, s.unique_key,
            s.key, case when s.due is null then ${line_of(s.key)} else -${line_of(s.key)} end
        from sorted s
        returning *
    )
    select r.queue_id, r.lane::smallint, min(r.seq), count(*),
        case when r.lane = ${waiting_lane}
            then greatest(0, ceil((min(r.seq) - ${place_of(clock_timestamp())}) / 1000.0))::bigint end
    from revived r
    group by r.queue_id, r.lane;
end
$$;
