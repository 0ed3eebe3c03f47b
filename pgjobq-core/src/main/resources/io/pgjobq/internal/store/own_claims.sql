-- What a node holds as the tables say: a row for each job that has not ended, and one for each claim that has no such job.
-- Locks nothing. Casts, and the name of the catalog, keep out what others may have put into a schema of theirs. A look-up for
-- each place, as a join would read all jobs wherever it takes them to be few.
select c.id, j.seq
from ${schema}.node n
    join ${schema}.claim c on c.node_id = n.id
    left join lateral (
        select f.seq
        from pg_catalog.unnest(c.seqs::bigint[]) as s (seq) cross join lateral (
            select o.seq
            from ${schema}.job o
            where o.queue_id = c.queue_id and o.lane = c.lane and o.seq::bigint = s.seq
            limit 1
        ) f
    ) j on true
where n.id = ? and n.token = ?
