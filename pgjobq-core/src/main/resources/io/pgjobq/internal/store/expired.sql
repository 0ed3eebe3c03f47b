-- Jobs whose deadlines are over, or were when they were last looked at, the longest first. Locks nothing.
select d.job_id from ${schema}.job_deadline d where d.look_at <= statement_timestamp() order by d.look_at limit ?
