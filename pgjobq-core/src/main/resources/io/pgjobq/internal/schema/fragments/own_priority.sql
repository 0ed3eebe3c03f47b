-- The priority of a job, as j, in whatever lane it is.
coalesce(j.priority, case when j.lane < ${quarantine_lane} then j.lane else 5 end)::smallint
