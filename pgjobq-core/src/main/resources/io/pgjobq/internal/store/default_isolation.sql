-- The isolation that connections start with. Locks nothing.
select current_setting('transaction_isolation')
