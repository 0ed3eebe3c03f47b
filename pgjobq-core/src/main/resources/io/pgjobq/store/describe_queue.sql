-- The state of queues at one moment. Locks nothing. Each count stops at the limit, so that a large table costs no more.
select q.name, q.paused,
    (select count(*) from (
        select from ${schema}.job j where j.queue_id = q.id and j.seq is not null limit l.most + r.running) x),
    r.running,
    (select count(*) from (
        select from ${schema}.job j where j.queue_id = q.id and j.seq is null limit l.most) x),
    (select count(*) from (
        select from ${schema}.finished_job f where f.queue_id = q.id and f.state operator(pg_catalog.=) 'dead' limit l.most) x),
    extract(epoch from clock_timestamp() - (
        select min(o.enqueued_at)
        from generate_series(0, 9) as p (priority) cross join lateral (
            select j.enqueued_at
            from ${schema}.job j
            where j.queue_id = q.id and j.priority = p.priority and j.seq is not null and j.seq not in (
                select pg_catalog.unnest(c.seqs)
                from ${schema}.claim c
                where c.queue_id = q.id and c.priority = p.priority)
            order by j.seq
            limit 1
        ) o))
from (select ?::integer as most) l cross join ${schema}.queue q cross join lateral (
    select count(*) as running
    from ${schema}.claim c cross join lateral pg_catalog.unnest(c.seqs) as t (seq)
        join ${schema}.job j on j.queue_id = c.queue_id and j.priority = c.priority and j.seq = t.seq
    where c.queue_id = q.id
) r
where q.deleted_xid is null and (q.name = ?::text or ?::text is null)
order by q.name
