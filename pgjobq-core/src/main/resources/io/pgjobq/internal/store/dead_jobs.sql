-- Dead jobs, the latest first. Locks nothing.
select f.id, q.name, f.type, f.payload, f.attributes, f.enqueued_at, f.finished_at, f.errors
from ${schema}.finished_job f join ${schema}.queue q on q.id = f.queue_id
where f.state operator(pg_catalog.=) 'dead' and f.payload is not null and (f.id = ? or q.name = ?::text)
order by f.finished_at desc, f.id desc
limit ?
