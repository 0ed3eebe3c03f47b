-- The lane of jobs that wait for a time, where a seq is that time in microseconds since 1970.
11
