-- Forgets the progress of jobs that are gone; see the function of that name for its locks.
select seen, next_job from ${schema}.sweep_progress(?, ?)
