-- What a connection starts with, to be checked once. Locks nothing.
select current_setting('server_version_num')::integer, current_setting('transaction_isolation'),
    pg_is_in_recovery() or current_setting('transaction_read_only')::boolean
