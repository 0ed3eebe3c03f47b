-- The time by the server's clock. Locks nothing.
select clock_timestamp()
