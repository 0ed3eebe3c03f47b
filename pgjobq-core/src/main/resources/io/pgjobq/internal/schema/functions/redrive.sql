-- Makes dead jobs ready again, with their old ids and all their attempts. Locks: the rows of the dead jobs; one that
-- another redrive has is skipped, and so is one whose key another job has; see take_key for the keys.
-- What its last life has left in job_progress is forgotten. Takes one id, or (with
-- p_id null) up to p_limit jobs of a queue, oldest death first.
-- Takes those only that were dead at p_until, and says in until which moment that was: now if it is null. Whoever redrives
-- batch by batch passes on that of the first, or would go on for ever where jobs die again as fast.
create or replace function ${schema}.redrive(p_id bigint, p_queue integer, p_limit integer, p_until timestamptz)
returns table (queue_id integer, priority smallint, seq bigint, jobs bigint, until timestamptz)
language plpgsql
${pinned}
as $$
declare
    v_now timestamptz := clock_timestamp();
begin
    until := coalesce(p_until, v_now);
    return query
    with chosen as materialized (
        select f.id, f.drop_on, f.queue_id, f.unique_key
        from ${schema}.finished_job f
        where f.state = 'dead' and (f.id = p_id or p_id is null) and (f.queue_id = p_queue or p_queue is null)
            and f.finished_at <= redrive.until and f.payload is not null and exists (
                select from ${schema}.queue q where q.id = f.queue_id and q.deleted_xid is null)
            and (f.unique_key is null or not exists (
                select from ${schema}.job_key k join ${schema}.job j on j.id = k.job_id
                where k.queue_id = f.queue_id and k.key = f.unique_key))
        order by f.finished_at, f.id
        limit p_limit
        for update of f skip locked
    ), free as materialized (
        select c.id, c.drop_on
        from chosen c
        where c.unique_key is null
            or coalesce(${schema}.take_key(c.queue_id, c.unique_key, c.id, false, null), c.id) = c.id
    ), taken as (
        delete from ${schema}.finished_job f using free c where f.id = c.id and f.drop_on = c.drop_on
        returning f.*
    ), forgotten as (
        delete from ${schema}.job_progress p where p.job_id in (select c.id from free c)
    ), sorted as materialized (
        select t.* from taken t order by t.finished_at, t.id
    ), revived as (
        insert into ${schema}.job (id, seq, enqueued_at, ready_at, queue_id, lane, type, payload, attributes, errors, unique_key)
        select s.id, nextval('${schema}.job_seq'), s.enqueued_at, v_now, s.queue_id, s.priority, s.type, s.payload,
            s.attributes, s.errors, s.unique_key
        from sorted s
        returning *
    )
    select r.queue_id, r.lane::smallint, min(r.seq), count(*), redrive.until
    from revived r
    group by r.queue_id, r.lane;
end
$$;
