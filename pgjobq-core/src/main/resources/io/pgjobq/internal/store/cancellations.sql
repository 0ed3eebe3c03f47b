-- Requests to cancel jobs that a node holds, or that nobody answers for since their node is gone. Locks nothing.
select c.job_id, c.reason
from ${schema}.cancellation c
where c.node_id = ? or not exists (select from ${schema}.node n where n.id = c.node_id)
order by c.job_id
limit 1000
