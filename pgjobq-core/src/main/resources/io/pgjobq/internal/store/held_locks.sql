-- The sessions that hold advisory locks which pgjobq needs for milliseconds at a time, as far as everybody may see them.
-- Locks nothing but for a moment the server's table of locks.
select l.pid, l.virtualtransaction, a.usename::text, a.application_name,
    l.classid = '${schema}.queue'::regclass::oid, l.objid::bigint,
    (select q.name from ${schema}.queue q where q.id = l.objid::bigint)
from pg_catalog.pg_locks l
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.pid <> pg_catalog.pg_backend_pid()
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
    and l.classid in ('${schema}.job'::regclass::oid, '${schema}.queue'::regclass::oid)
