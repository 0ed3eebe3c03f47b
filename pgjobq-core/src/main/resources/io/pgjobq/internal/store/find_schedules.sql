-- Schedules: that of a name, or all (null), in the order of their names. Locks nothing.
select s.name, s.by_code, s.version, s.cron, s.zone, s.every, s.missed, s.catch_up, s.overlap, q.name, s.priority::smallint, s.type,
    s.payload::bytea, s.attributes::text, s.paused, s.next_at, s.last_at, s.last_job,
    not s.by_code or exists (
        select from ${schema}.schedule_node d join ${schema}.node n on n.id = d.node_id where d.name::text = s.name::text)
from ${schema}.schedule s left join ${schema}.queue q on q.id = s.queue_id and q.deleted_xid is null
where s.name::text = any (?::text[]) or ?::boolean
order by s.name
