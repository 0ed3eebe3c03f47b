-- The state of an unfinished job, as j; $1 says whether a claim names it. Together with the states of finished jobs these are all the
-- words that there are for a job's state.
case
            when j.lane = ${waiting_lane} then case when j.attempt > 0 or j.snoozes > 0 then 'retrying' else 'scheduled' end
            when $1 then 'running'
            else 'ready'
        end
