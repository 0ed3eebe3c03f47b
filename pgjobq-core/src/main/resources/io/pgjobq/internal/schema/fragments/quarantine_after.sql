-- How many nodes have to die holding a job until it is in quarantine.
2
