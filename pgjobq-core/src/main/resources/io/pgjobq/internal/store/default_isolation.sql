-- The isolation that connections start with, and the server's time. Locks nothing.
select current_setting('transaction_isolation'), clock_timestamp()
