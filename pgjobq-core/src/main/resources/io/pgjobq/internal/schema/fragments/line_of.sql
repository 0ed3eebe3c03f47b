-- The line in which the jobs of a queue with key $1 take turns. It is positive, so that a job can leave its line for a while by changing the
-- sign. Keys that have the same one by chance take turns, too.
((hashtextextended($1, 0) & 9223372036854775806) + 1)
