-- Schedules that are due, the longest first. Locks nothing: whoever fires one says from what he started.
select s.name, s.version, s.cron, s.zone, s.every, s.missed, s.catch_up, s.overlap, s.next_at, clock_timestamp(),
    exists (select from ${schema}.job j where j.id = s.last_job),
    not s.by_code or exists (
        select from ${schema}.schedule_node d join ${schema}.node n on n.id = d.node_id where d.name::text = s.name::text)
from ${schema}.schedule s
where s.due_at <= statement_timestamp()
order by s.due_at, s.name
limit ?
