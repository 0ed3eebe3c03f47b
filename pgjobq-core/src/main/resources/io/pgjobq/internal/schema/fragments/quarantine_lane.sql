-- The lane of jobs in quarantine, after those of the priorities 0 to 9.
10
