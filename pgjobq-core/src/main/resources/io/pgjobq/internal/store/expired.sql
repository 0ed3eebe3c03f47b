-- Jobs whose deadlines are over, or were when they were last looked at, the longest first; not those that somebody is replacing. Locks
-- the rows of the deadlines, and waits for none. Alone in its transaction.
select d.job_id
from ${schema}.job_deadline d
where d.look_at <= statement_timestamp()
order by d.look_at
limit ?
for update skip locked
