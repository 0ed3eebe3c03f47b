-- Makes dead jobs ready again, with their old ids and all their attempts. Locks: the rows of the dead jobs; one that
-- another redrive has is skipped. Takes one id, or (with p_id null) up to p_limit jobs of a queue, oldest death first.
create or replace function ${schema}.redrive(p_id bigint, p_queue integer, p_limit integer)
returns table (queue_id integer, priority smallint, seq bigint, jobs bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with chosen as materialized (
        select f.id, f.drop_on
        from ${schema}.finished_job f
        where f.state = 'dead' and (f.id = p_id or p_id is null) and (f.queue_id = p_queue or p_queue is null)
            and f.payload is not null and exists (
                select from ${schema}.queue q where q.id = f.queue_id and q.deleted_xid is null)
        order by f.finished_at, f.id
        limit p_limit
        for update of f skip locked
    ), taken as (
        delete from ${schema}.finished_job f using chosen c where f.id = c.id and f.drop_on = c.drop_on
        returning f.*
    ), sorted as materialized (
        select t.* from taken t order by t.finished_at, t.id
    ), revived as (
        insert into ${schema}.job (id, seq, enqueued_at, queue_id, priority, type, payload, attributes, errors)
        select s.id, nextval('${schema}.job_seq'), s.enqueued_at, s.queue_id, s.priority, s.type, s.payload, s.attributes,
            s.errors
        from sorted s
        returning *
    )
    select r.queue_id, r.priority::smallint, min(r.seq), count(*) from revived r group by r.queue_id, r.priority;
end
$$;
